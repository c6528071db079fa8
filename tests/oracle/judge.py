"""Builds and asks the judge: Terraform in a process of its own, which evaluates expressions and plans configurations.

Terraform's source comes from the Go module proxy. It is copied, because Go's module cache is read-only, and the
program of the directory `judge` is put inside of it, because it imports internal packages. The copy and the program
are kept in `PODGATE_JUDGE` (a directory; by default one for temporary files), so that only the first run builds.
"""

import glob
import json
import os
import shutil
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = "github.com/hashicorp/terraform@v1.11.4"


def built():
    """The path of the program, which is built if it is not there or older than its source."""
    home = os.environ.get("PODGATE_JUDGE") or os.path.join(tempfile.gettempdir(), "podgate-judge")
    tree, program = os.path.join(home, "terraform"), os.path.join(home, "judge")
    sources = glob.glob(os.path.join(HERE, "judge", "*.go"))
    if os.path.exists(program) and os.path.getmtime(program) > max(map(os.path.getmtime, sources)):
        return program
    if not os.path.exists(tree):
        found = subprocess.run(["go", "mod", "download", "-json", SOURCE], capture_output=True, check=True, text=True)
        partly = tree + ".partly"
        shutil.rmtree(partly, ignore_errors=True)
        shutil.copytree(json.loads(found.stdout)["Dir"], partly, copy_function=shutil.copyfile)
        for directory, _, _ in os.walk(partly):
            os.chmod(directory, 0o755)
        settings = os.path.join(partly, "go.mod")
        with open(settings) as file:
            # A setting for TLS that later versions of Go do not know.
            lines = [line for line in file if not line.startswith("godebug tlskyber")]
        with open(settings, "w") as file:
            file.writelines(lines)
        os.rename(partly, tree)
    place = os.path.join(tree, "podgate_judge")
    shutil.rmtree(place, ignore_errors=True)
    os.mkdir(place)
    for source in sources:
        shutil.copyfile(source, os.path.join(place, os.path.basename(source)))
    subprocess.run(["go", "build", "-o", program, "./podgate_judge"], cwd=tree, check=True)
    return program


def ask(lines, *arguments):
    """The judge's answers to these lines, one line each."""
    text = "".join(f"{line}\n" for line in lines)
    done = subprocess.run([built(), *arguments], input=text, stdout=subprocess.PIPE, check=True, text=True)
    answers = done.stdout.split("\n")[:-1]
    assert len(answers) == len(lines), f"{len(answers)} answers to {len(lines)} questions"
    return answers
