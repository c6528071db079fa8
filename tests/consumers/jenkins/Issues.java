import edu.hm.hafner.analysis.FileReaderFactory;
import edu.hm.hafner.analysis.Issue;
import edu.hm.hafner.analysis.ParsingException;
import edu.hm.hafner.analysis.registry.ParserRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.json.JSONArray;
import org.json.JSONObject;

/**
 * Reads reports as Jenkins does, and prints the issues that it would show.
 *
 * <p>Each line of the standard input is the id of a parser, a tab and a file. Each line of the output is the answer to
 * one of them: a JSON object with the list `issues`, or with `error`.
 */
public class Issues {
    public static void main(final String[] arguments) throws IOException {
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            var parts = line.split("\t", 2);
            out.println(read(parts[0], Path.of(parts[1])));
        }
    }

    private static JSONObject read(final String parser, final Path file) {
        try {
            var report = new ParserRegistry().get(parser).createParser()
                    .parse(new FileReaderFactory(file, StandardCharsets.UTF_8));
            var issues = new JSONArray();
            report.forEach(issue -> issues.put(shown(issue)));
            return new JSONObject().put("issues", issues);
        }
        catch (ParsingException exception) {
            return new JSONObject().put("error", exception.getMessage());
        }
    }

    private static JSONObject shown(final Issue issue) {
        return new JSONObject()
                .put("file", issue.getFileName())
                .put("line", issue.getLineStart())
                .put("severity", issue.getSeverity().getName())
                .put("type", issue.getType())
                .put("category", issue.getCategory())
                .put("message", issue.getMessage());
    }
}
