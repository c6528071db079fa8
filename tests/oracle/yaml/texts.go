package main

import (
	"math/rand/v2"
	"strings"
)

// How many texts are made of the manifests, besides those that are written out.
const made = 21_000

// A text is so long at most, so that the record stays small.
const longest = 700

var bases = []string{
	"apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata:\n  name: open\nspec:\n  hostIPC: true\n  runAsUser:\n    rule: RunAsAny\n  volumes:\n  - '*'\n",
	"apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata: {name: open, labels: {a: b}}\nspec: {hostIPC: yes, volumes: [secret, \"configMap\"]}\n",
	"---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  text: |\n    one\n     two\n\n    three\n  folded: >-\n    one\n    two\n\n    three\n---\nkind: Secret\napiVersion: v1\n",
	"base: &base\n  hostIPC: true\n  count: 12\nkind: PodSecurityPolicy\nspec:\n  <<: *base\n  hostPID: false\nmore: &more {a: 1}\nlist:\n- <<: [*base, *more]\n- *base\n- &last x\n- *last\n",
	"# a comment\n%YAML 1.1\n---\nkind: \"Pod\\u0053ecurity\\x50olicy\"\nspec:\n  'host''IPC': \"tr\\\n    ue\"\n  long: plain text\n    over lines # with a comment\n...\n",
	"{\"kind\": \"PodSecurityPolicy\", \"spec\": {\"hostIPC\": true, \"n\": [1, 2.5, -3e2, null]}, \"metadata\": {}}\n",
	"? kind\n: PodSecurityPolicy\n? spec\n:\n  hostIPC: on\n  ? complex\n  : - a\n    - - b\n      - c\n",
	"kind: A\nnumbers:\n- 0x1F\n- 0o17\n- 017\n- 1_000\n- 0b11\n- +12\n- -.5\n- 1.5e3\n- 2001-01-01\n- 2001-12-14t21:59:43.10-05:00\n- 2001-12-14 21:59:43\n- ~\n- 12e03\n",
	"base: &base\n  hostIPC: true\n  count: 12\nkind: PodSecurityPolicy\nspec:\n  <<: *base\n  hostPID: false\nlist:\n- <<: *base\n  x: y\n- *base\n- &last x\n- *last\n",
	"---\n# a comment\nkind: \"Pod\\u0053ecurity\\x50olicy\"\nspec:\n  'host''IPC': \"tr\\\n    ue\"\n  long: plain text\n    over lines # with a comment\n  ? other\n  : [a, {b: c}]\n...\n",
	"kind: A\ntags:\n  a: !!str 12\n  b: !!int 12\n  c: !!float 1\n  f: !<tag:yaml.org,2002:bool> yes\n  g: !!binary aGVsbG8=\n  h: !!null ''\n  i: !!map {a: b}\n  j: !!seq\n  - |-\n    12\n  - >\n   folded\n",
	"kind: A\ntags:\n  a: !!str 12\n  b: !!int \"12\"\n  c: !!float 1\n  d: !local x\n  e: ! x\n  f: !<tag:yaml.org,2002:bool> yes\n  g: !!binary aGVsbG8=\n  h: !!null ''\n  i: !!map {a: b}\n",
}

// What scalars and other nodes are replaced by.
var nodes = []string{
	"true", "True", "t", "yes", "no", "off", "y", "null", "~", "", "Null", "12", "-7", "+3", "0x1F", "0X1f", "0o17", "0O7", "017", "08", "0b101", "0B1", "0b-1",
	"1_000", "1__0", "_1", ".5", ".5_0", "5.", "1e3", "-1.5E-3", ".", "..", "...x", "-", "+", "1.2.3", "9223372036854775807",
	"9223372036854775808", "123456789012345678901234567890", "0.1",
	"2001-01-01", "2001-1-2", "2001-02-30", "2001-12-14t21:59:43.10-05:00", "2001-12-14T21:59:43Z", "2001-12-14 21:59:43.1", "2001-12-14  1:2:3", "2001-12-14T21:59:43+24:60", "0000-01-01",
	"'single'", "'it''s'", "\"double\"", "\"\\x41\\u00e9\\U0001F600\"", "\"\\/\"", "\"\\e\\0\\N\\_\\L\\P\"", "\"\\q\"", "\"a\\\n  b\"", "\"a\n\n  b\"", "'a\n  b'", "\"\\ud800\"", "\"12\"", "'true'", "\"\"", "''",
	"|", "|\n    a\n    b", "|-\n    12", "|-\n    true", ">\n    a\n    b\n\n    c", ">+\n    a\n\n", "|2\n    a", "|0\n    a", "|-2\n   a", "|+1", "|- # comment\n    x", "|\n\tx", "|x", ">-\n    a\n     b\n    c",
	"[]", "{}", "[a, b]", "[a, b,]", "[,]", "{a: b}", "{a: b,}", "{a}", "{?a: b}", "{? a : b}", "{?a : b}", "{a: , b: c}", "[a: b]", "[? a : b]", "[? : b]", "[a : b, c]", "{[a]: b}", "{{a: b}: c}", "[a]: b", "{}: x",
	"{\"a\":b}", "{a:b}", "{'a':b}", "[a,b]", "[\"a\":b]", "[{a: b}, [c]]", "[a\n, b]", "{a: b\n}", "[a #c\n]",
	"!!str 1", "!!int x", "!!int 12", "!!int \"12\"", "!!bool yes", "!!bool x", "!!float 1", "!!float 0x10", "!!null x", "!!null", "!!str", "!!binary aGk=", "!!binary x", "!!binary /w==", "!!timestamp 2001-01-01", "!!timestamp x",
	"!!merge <<", "!!map {}", "!!seq []", "!!set {a, b}", "!!omap []", "!local x", "! x", "! 12", "!", "! <<", "!<tag:yaml.org,2002:bool> true", "!<!x> a", "!<> a", "!a!b c", "!%41 b", "!%zz b", "!!str &x a", "&x !!str a", "!!str !!int 1", "&x &y a",
	"&a x", "*a", "*base", "*more", "*none", "&base [*base]", "&base {}", "&x", "& x", "*", "&a-b_1 c", "&ä c",
	"<<", "'<<'", "a: b", "a:b", "a :b", "a:\tb", "a\t: b", "a b", "a #b", "a#b", "#b", "a: #b", "@a", "`a", "%a", "a%", "- a", "-a", "- - a", "? a", "?a", ": a", ":a", "a,b", "a]b", "a}b",
	"\tx", "x\t", "a\tb", "é", "e\u0301", "\u2028", "a\u2028b", "a\u0085b", "\ufeff", "\ufeffa", "\u00a0", "a\u00a0b", "\u0007", "\ufffe", "\U0001F600", "\u2028x: y", "\u0085  x: y",
}

// Numbers that hardly anybody writes, and podgate does not read: they stand in short texts alone.
var rare = []string{
	"1e400", ".inf", "-.INF", "+.Inf", ".nan", "18446744073709551615", "18446744073709551616", "100000000000000000000000", "!!float Inf", "0x10000000000000000", "-9223372036854775809",
}

// What whole lines are put in, replaced by, or doubled with.
var lines = []string{
	"<<: *base", "<<: [*base, *more]", "<<: [*more, *base]", "<<: {a: 1, hostIPC: no}", "<<: x", "<<:", "<<: [x]", "!!merge <<: *base", "'<<': *base", "\"<<\": {a: 1}", "! <<: *base", "<<: &new {z: 1}", "<<: *none",
	"kind: PodSecurityPolicy", "kind: Other", "kind:", "kind: |", "kind: >", "hostIPC: true", "? hostIPC", ": true", "?hostIPC: true", "hostIPC : true", "hostIPC:\ttrue", "hostIPC:true", "spec:", "apiVersion: a/b/c", "apiVersion: 1",
	"---", "--- a", "---a", "--- # x", "---\t", "...", "... x", "....", "%YAML 1.1", "%YAML 1.2", "%YAML 1.1 # x", "%YAML 1", "%TAG ! tag:example.com,2000:", "%TAG !e! tag:yaml.org,2002:", "%FOO bar", "%", "a: !e!int 12",
	"", " ", "\t", "  \t", "\t# x", "# x", "  # x", "#", "- a", "-", "- - a", "-\ta", "- a: b", "- ? a", "  - a", "a", "a:", "  b", "    b: c", "\ta: b", " \ta: b", "- \ta: b", "\ufeffa: b", "\ufeff# x", "\ufeff",
	"1: a", "'1': b", "1: c", "1.5: a", "1e30: a", "true: a", "'true': b", "~: a", ": a", "null: a", "0x10: a", "'16': b", "2001-01-01: a", "[a]: b", "{a: b}: c", "[]: x", "{}: x", "*base : x", "*last : x", "&k key: v", "!!str k: v", "!!int 1: v", "!!int x: v", "!!binary aGk=: v", ".inf: a", "18446744073709551615: a", "\"\": a",
	"a: 'x", "a: \"x", "a: [x", "a: {x", "a: ]", "a: }", "a: |", "a: |\n  x", "a: >\n  x\n  y", "a: |+\n  x\n\n", "'a\n  b': c", "\"a\": b", "a: b: c", "a: - b", "a: *last", "a: &last", "b: *b", "a: &b [*b]", "a: &b {c: *b}",
	"e\u0301: a", "é: b", "a\u0085b: c", "x: \"\u2028  y\"", "x: |\u0085  y", strings.Repeat("k", 1030) + ": v", "? " + strings.Repeat("k", 1030) + "\n: v",
}

// Texts that are written out.
var given = []string{
	"1: a\n'1': b\n", "kind: A\nspec:\n  1: a\n  '1': b\n", "kind: A\nspec: {~: a, <nil>: b}\n", "a: {true: 1, 'true': 1}", "", "\n", " ", "\t", "~", "null", "x", "12", "- a", "# x", "---", "---\n---\n", "...", "--- a\n--- b\n", "\ufeff", "\ufeffkind: A", "\ufeff\ufeffkind: A\nspec: b\n", "kind: |", "kind: |\n", "kind: >-", "kind: A\n\ufeffspec: B\n",
	"{?hostIPC: true}", "a: b\u2028c: d", "a: b\u0085c: d\u0085", "%YAML 1.2\n---\na: b\n", "%YAML 1.1\n---\na: b\n", "a: .nan", "a: 1\n\t\nb: 2", "a: 1\n\t", "\"\\/\": a", "a: b\n--- c", "a:\tb", "a: &a {b: c}\nd: {<<: [*a]}", "kind: A\n~: b\nc: {~: d}",
	"kind: ! x", "kind: !<tag:yaml.org,2002:bool> true", "kind: !foo bar", "a: &a [b, c]\nd: [*a, *a]", "a: \r\nb: c\r\n", "a: b\rc: d\r", "a: \"b\rc\"", strings.Repeat("[", 300) + strings.Repeat("]", 300),
	strings.Repeat("a: &x b\n", 1) + strings.Repeat("- ", 200) + "a", "a: " + strings.Repeat("x", 600) + "\nb: \u0007", "a: b\n---\n" + strings.Repeat("x", 600) + "\u0007", "a: b\n---\n\u0007", "kind: A\n" + strings.Repeat("# "+strings.Repeat("x", 60)+"\n", 9) + "\ufeffspec: b\n",
}

var cut = []string{" ", "\n", ":", "-", "#", "'", "\"", ",", "[", "]", "{", "}", "?", "&", "*", "!", "|", ">", "%", "@", "\t", "\r", "\u2028", "\u0085", "\ufeff", "\\", "a", "0", "~", ".", "<<", "  ", "\n\n", ": ", "- ", "---\n", "...\n", " #"}

func texts() []string {
	random := rand.New(rand.NewPCG(7, 11))
	pick := func(of []string) string { return of[random.IntN(len(of))] }
	all := append([]string{}, given...)
	all = append(all, bases...)
	for _, node := range append(rare, nodes...) {
		all = append(all, node, "kind: "+node+"\n", "kind: A\nspec:\n  hostIPC: "+node+"\n", "kind: A\nlist:\n- "+node+"\n- end\n", "kind: A\nflow: ["+node+", end]\n", "kind: A\nflow: {a: "+node+", end: z}\n", node+": v\n", "kind: A\nspec: {"+node+": v}\n", "kind: A\nb:\n  "+node+" : v\n")
	}
	for _, line := range lines {
		all = append(all, line, line+"\n", "kind: A\n"+line+"\n", line+"\nkind: A\n", "base: &base {hostIPC: true}\nmore: &more {hostIPC: false, b: 2}\nlast: &last x\nkind: A\nspec:\n  first: 1\n  "+line+"\n  end: 2\n", "kind: A\nbase: &base {c: 1}\nlist:\n- "+line+"\n- end\n")
	}
	seen := map[string]bool{}
	var texts []string
	keep := func(text string) {
		if !seen[text] && strings.ToValidUTF8(text, "") == text {
			seen[text] = true
			texts = append(texts, text)
		}
	}
	for _, text := range all {
		keep(text)
	}
	for count := len(texts); len(texts) < count+made; {
		text := pick(bases)
		for changes := 1 + random.IntN(2); changes > 0; changes-- {
			text = changed(text, random, pick)
		}
		if len(text) <= longest {
			keep(text)
		}
	}
	return texts
}

// A text with one change.
func changed(text string, random *rand.Rand, pick func([]string) string) string {
	rows := strings.Split(text, "\n")
	row := random.IntN(len(rows))
	indent := strings.Repeat(" ", len(rows[row])-len(strings.TrimLeft(rows[row], " ")))
	switch random.IntN(10) {
	case 0, 1, 2: // Another node behind a key or a dash.
		if at := strings.IndexAny(rows[row], ":-"); at >= 0 {
			rows[row] = rows[row][:at+1] + " " + pick(nodes)
		}
	case 3, 4: // One more line.
		rows[row] += "\n" + indent + pick(lines)
	case 5: // Another indent.
		rows[row] = strings.Repeat(" ", random.IntN(5)) + strings.TrimLeft(rows[row], " ")
	case 6: // A line less, or twice.
		if random.IntN(2) == 0 {
			rows[row] += "\n" + rows[row]
		} else {
			rows = append(rows[:row], rows[row+1:]...)
		}
	case 7: // A property before a value.
		if at := strings.Index(rows[row], ": "); at >= 0 {
			rows[row] = rows[row][:at+2] + pick([]string{"!!str ", "!!int ", "!!bool ", "! ", "!x ", "&x ", "!!map ", "!!seq ", "!!null ", "&x !!str "}) + rows[row][at+2:]
		}
	case 8: // Signs in the middle, or some less.
		letters := []rune(rows[row])
		at := random.IntN(len(letters) + 1)
		if random.IntN(3) > 0 || at == len(letters) {
			rows[row] = string(letters[:at]) + pick(cut) + string(letters[at:])
		} else {
			rows[row] = string(letters[:at]) + string(letters[at+1:])
		}
	default: // Other line ends, or an early end.
		whole := strings.Join(rows, "\n")
		switch random.IntN(5) {
		case 0:
			return strings.ReplaceAll(whole, "\n", "\r\n")
		case 1:
			return strings.Replace(whole, "\n", pick([]string{"\u2028", "\u0085", "\r", "\u2029", "\t\n", " \n", "\n\ufeff"}), 1+random.IntN(3))
		case 2:
			letters := []rune(whole)
			return string(letters[:random.IntN(len(letters)+1)])
		case 3:
			return strings.TrimRight(whole, "\n")
		default:
			return pick([]string{"\ufeff", "\ufeff\ufeff", "# x\n", "\n", "--- ", "---\n", " "}) + whole
		}
	}
	return strings.Join(rows, "\n")
}

// Texts of several documents.
func splits() []string {
	random := rand.New(rand.NewPCG(3, 5))
	pick := func(of []string) string { return of[random.IntN(len(of))] }
	parts := []string{"kind: A\n", "kind: B\nmetadata: {name: b}\n", "a: |\n  ---\n  x\n", "# x\n", "\n", "", "  ", "a: b", "\u00a0a: b\u2003\n", "[a]\n", "a: [\n", "~\n", "{}\n", "x\n", "a: b\r\n"}
	separators := []string{"---\n", "---", "--- # x\n", "--- # x", "---\r\n", "----\n", "---a: b\n", "--- \n", "\n---\n", " ---\n", "...\n", "---\n---\n", "--- {a: b}\n"}
	texts := []string{""}
	for _, length := range []int{65_500, 65_530, 65_531, 65_532, 65_533, 65_535, 65_536, 65_537, 66_000} {
		for _, end := range []string{"", "\n---", "\n---\n", "\n--- # " + strings.Repeat("x", 40) + "\nkind: A", "\n---" + strings.Repeat(" ", 100) + "\nkind: A", "\n---" + strings.Repeat(" ", 95) + "\nkind: A"} {
			texts = append(texts, "a: "+strings.Repeat("x", length-3)+end)
		}
	}
	for len(texts) < 2_000 {
		text := ""
		for count := random.IntN(6); count >= 0; count-- {
			text += pick(parts)
			if random.IntN(4) > 0 {
				text += pick(separators)
			}
		}
		texts = append(texts, text)
	}
	return texts
}

// Patterns and names.
func globs() [][2]string {
	random := rand.New(rand.NewPCG(2, 9))
	word := func(letters []string) string {
		text := ""
		for count := random.IntN(7); count > 0; count-- {
			text += letters[random.IntN(len(letters))]
		}
		return text
	}
	var globs [][2]string
	for len(globs) < 6_000 {
		pattern := word([]string{"a", "b", "ä", "*", "?", "[ab]", "[^a]", "[!a]", "[a-c]", "[ä-ü]", "\\*", "[", "]", "-", "{", "}", "\\", "**", ".", "[\\]]", "[a-]", "[]a]"})
		name := word([]string{"a", "b", "c", "ä", "ö", "*", "!", "]", "-", ".", "{", "}", "\\"})
		globs = append(globs, [2]string{pattern, name})
	}
	return globs
}
