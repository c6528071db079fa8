// The judge: Terraform's own evaluation and planning, asked in-process.
//
// It is built inside of Terraform's source tree, because it imports internal packages; `record.py` puts it there.
//
//	judge expressions -unknown unknown.tf -directory files < questions > answers
//	judge configurations -schema table.tsv < configurations > answers
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
)

// longestLine is how many bytes a question may have.
const longestLine = 16 << 20

func main() {
	log.SetOutput(io.Discard)
	var err error
	if name, found := servedName(); found {
		err = serve(name)
	} else {
		err = run(os.Args[1:])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) == 0 {
		return fmt.Errorf("usage: judge expressions|configurations [option ...]")
	}
	flags := flag.NewFlagSet(arguments[0], flag.ContinueOnError)
	directory := flags.String("directory", ".", "expressions: the directory that functions read")
	unknown := flags.String("unknown", "", "expressions: a file that declares variables, whose values are unknown")
	schema := flags.String("schema", "", "configurations: the table of the providers' schemas, src/terraform/schema/table.tsv")
	if err := flags.Parse(arguments[1:]); err != nil {
		return err
	}
	var answer func(string) (string, error)
	var err error
	switch arguments[0] {
	case "expressions":
		answer, err = expressions(*unknown, *directory)
	case "variables":
		answer = variable
	case "configurations":
		answer, err = configurations(*schema)
	default:
		err = fmt.Errorf("unknown command %q", arguments[0])
	}
	if err != nil {
		return err
	}
	return answerLines(answer)
}

// answerLines answers the standard input line by line.
func answerLines(answer func(string) (string, error)) error {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, longestLine)
	output := bufio.NewWriter(os.Stdout)
	for lines.Scan() {
		text, err := answer(lines.Text())
		if err != nil {
			return err
		}
		fmt.Fprintln(output, text)
		if err := output.Flush(); err != nil {
			return err
		}
	}
	return lines.Err()
}
