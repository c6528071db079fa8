import java.io.File;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.codehaus.groovy.ast.CodeVisitorSupport;
import org.codehaus.groovy.ast.expr.ClosureExpression;
import org.codehaus.groovy.ast.expr.ConstantExpression;
import org.codehaus.groovy.ast.expr.Expression;
import org.codehaus.groovy.ast.expr.MethodCallExpression;
import org.codehaus.groovy.ast.expr.TupleExpression;
import org.codehaus.groovy.ast.stmt.BlockStatement;
import org.codehaus.groovy.ast.stmt.ExpressionStatement;
import org.codehaus.groovy.ast.stmt.Statement;
import org.codehaus.groovy.control.CompilationFailedException;
import org.codehaus.groovy.control.CompilationUnit;
import org.codehaus.groovy.control.Phases;

/**
 * Parses a Jenkinsfile with Jenkins' own Groovy, and checks that its sections are those of a declarative pipeline.
 *
 * <p>Jenkins' validator is part of a plugin that Maven Central does not have, so this knows the sections and where they
 * may stand. It prints the script of every `sh` step, each with a NUL byte after it. Problems go to the standard error.
 */
public class Declarative {
    private static final Set<String> PIPELINE =
            Set.of("agent", "stages", "post", "environment", "options", "parameters", "triggers", "tools", "libraries");
    private static final Set<String> STAGE = Set.of("agent", "steps", "stages", "parallel", "matrix", "post", "environment",
            "options", "tools", "when", "input", "failFast");
    private static final Set<String> CONDITIONS = Set.of("always", "changed", "fixed", "regression", "aborted", "failure",
            "success", "unstable", "unsuccessful", "cleanup");
    private static final Set<String> AGENTS = Set.of("docker", "dockerfile", "kubernetes", "label", "node");

    private final List<String> problems = new ArrayList<>();

    public static void main(final String[] arguments) {
        var checker = new Declarative();
        try {
            checker.check(new File(arguments[0]));
        }
        catch (CompilationFailedException exception) {
            checker.problems.add(exception.getMessage());
        }
        checker.problems.forEach(System.err::println);
        System.exit(checker.problems.isEmpty() ? 0 : 1);
    }

    private void check(final File file) {
        var unit = new CompilationUnit();
        unit.addSource(file);
        unit.compile(Phases.CONVERSION);
        var statements = unit.getAST().getModules().get(0).getStatementBlock().getStatements();
        if (statements.size() != 1 || !"pipeline".equals(name(statements.get(0)))) {
            problems.add("a declarative pipeline is one block `pipeline`");
            return;
        }
        pipeline(statements.get(0));
        unit.getAST().getModules().get(0).getStatementBlock().visit(new Shell());
    }

    private void pipeline(final Statement pipeline) {
        var sections = sections(pipeline, PIPELINE);
        require(sections, "pipeline", "agent", "stages");
        if (sections.containsKey("agent")) {
            agent(sections.get("agent"));
        }
        if (sections.containsKey("stages")) {
            stages(sections.get("stages"));
        }
        if (sections.containsKey("post")) {
            post(sections.get("post"));
        }
    }

    private void stages(final Statement stages) {
        var block = statements(stages);
        if (block.isEmpty()) {
            problems.add("`stages` has no stage");
        }
        for (var stage : block) {
            if (!"stage".equals(name(stage)) || !(firstArgument(stage) instanceof ConstantExpression)) {
                problems.add("`stages` holds something else than `stage('name')`");
                continue;
            }
            var sections = sections(stage, STAGE);
            long bodies = List.of("steps", "stages", "parallel", "matrix").stream().filter(sections::containsKey).count();
            if (bodies != 1) {
                problems.add("a stage has one of `steps`, `stages`, `parallel` and `matrix`");
            }
            if (sections.containsKey("steps") && statements(sections.get("steps")).isEmpty()) {
                problems.add("`steps` is empty");
            }
            if (sections.containsKey("post")) {
                post(sections.get("post"));
            }
        }
    }

    private void agent(final Statement agent) {
        if (firstArgument(agent) instanceof ClosureExpression) {
            sections(agent, AGENTS);
        }
        else if (!Set.of("any", "none").contains(firstArgument(agent).getText())) {
            problems.add("`agent` is `any`, `none` or a block");
        }
    }

    private void post(final Statement post) {
        for (var condition : sections(post, CONDITIONS).entrySet()) {
            if (statements(condition.getValue()).isEmpty()) {
                problems.add("the condition `" + condition.getKey() + "` has no steps");
            }
        }
    }

    /** The sections of a block by name, each of which may be there once. */
    private Map<String, Statement> sections(final Statement block, final Set<String> known) {
        var sections = new LinkedHashMap<String, Statement>();
        for (var section : statements(block)) {
            if (!known.contains(name(section))) {
                problems.add("`" + name(section) + "` in `" + name(block) + "` at line " + section.getLineNumber());
            }
            else if (sections.put(name(section), section) != null) {
                problems.add("`" + name(section) + "` is there twice");
            }
        }
        return sections;
    }

    private void require(final Map<String, Statement> sections, final String block, final String... names) {
        for (var name : names) {
            if (!sections.containsKey(name)) {
                problems.add("`" + block + "` has no `" + name + "`");
            }
        }
    }

    private static String name(final Statement statement) {
        var call = call(statement);
        return call == null ? statement.getText() : call.getMethodAsString();
    }

    private static MethodCallExpression call(final Statement statement) {
        return statement instanceof ExpressionStatement one && one.getExpression() instanceof MethodCallExpression call
                ? call : null;
    }

    private static List<Expression> arguments(final Statement statement) {
        var call = call(statement);
        return call != null && call.getArguments() instanceof TupleExpression tuple ? tuple.getExpressions() : List.of();
    }

    private static Expression firstArgument(final Statement statement) {
        var arguments = arguments(statement);
        return arguments.isEmpty() ? ConstantExpression.NULL : arguments.get(0);
    }

    /** The statements of the closure that a call ends with. */
    private static List<Statement> statements(final Statement statement) {
        var arguments = arguments(statement);
        if (!arguments.isEmpty() && arguments.get(arguments.size() - 1) instanceof ClosureExpression closure
                && closure.getCode() instanceof BlockStatement block) {
            return block.getStatements();
        }
        return List.of();
    }

    /** Prints the scripts of `sh` steps. */
    private static class Shell extends CodeVisitorSupport {
        @Override
        public void visitMethodCallExpression(final MethodCallExpression call) {
            if ("sh".equals(call.getMethodAsString()) && call.getArguments() instanceof TupleExpression tuple
                    && tuple.getExpression(0) instanceof ConstantExpression script) {
                System.out.print(script.getText() + '\0');
            }
            super.visitMethodCallExpression(call);
        }
    }
}
