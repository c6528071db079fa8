"""The commands in a script that run podgate, and whether the program takes their arguments."""

import re
import shlex
import subprocess

# A program, a package with a version, or an image: `podgate`, `podgate==0.1.0`, `ghcr.io/podgate/podgate:0.1.0`.
PROGRAM = re.compile(r"(?:\S*/)?podgate(?:(?:==|@)[\w.]+|:[\w.${}-]+)?(?:@sha256:\S+)?")
# What may come before it. Other commands that name podgate install or move it.
RUNNERS = {("docker", "run"), ("podman", "run"), ("pipx", "run"), ("uvx",), ("xargs",), ("time",), ("timeout",), ("exec",),
           ("env",), ("nice",)}
CONTROL = re.compile(r"[;&|()\n]+")


def split(script):
    """The simple commands of a script, each as a list of words. Redirections are left out."""
    # A comment ends with its line, and takes the line's end with it: so the next line begins with the separator.
    lines = script.replace("\\\n", " ").replace("\n", "\n;")
    words = shlex.shlex(lines, posix=True, punctuation_chars="();<>|&")
    words.commenters = "#"
    words.whitespace_split = True
    command, redirected = [], False
    for word in words:
        if CONTROL.fullmatch(word):
            yield command
            command, redirected = [], False
        elif re.fullmatch(r"[<>&]+", word):
            redirected = True
            if command and command[-1].isdigit():
                command.pop()
        elif redirected:
            redirected = False
        else:
            command.append(word)
    yield command


def arguments(command):
    """The arguments that podgate gets in a command, or None if it does not run there."""
    while command and (re.match(r"\w+=", command[0]) or command[0] in ("if", "then", "else", "do", "while", "!", "{")):
        command = command[1:]
    if not command:
        return None
    if command[:2] == ["cargo", "run"]:
        return command[command.index("--") + 1:] if "--" in command else None
    if PROGRAM.fullmatch(command[0]):
        return command[1:]
    if not any(tuple(command[:len(runner)]) == runner for runner in RUNNERS):
        return None
    for index, word in enumerate(command):
        if PROGRAM.fullmatch(word) and "=" not in command[index - 1][:2]:
            return command[index + 1:]
    return None


def runs(script):
    """The arguments of every run of podgate in a script, also in scripts that it gives to a shell."""
    found = []
    for command in split(script):
        inner = [command[index + 2] for index, word in enumerate(command[:-2])
                 if word in ("sh", "bash") and command[index + 1].startswith("-") and command[index + 1].endswith("c")]
        if inner:
            found += runs(inner[0])
        elif (one := arguments(command)) is not None:
            found.append(one)
    return found


def refused(podgate, run):
    """Why podgate does not take these arguments; None if it does.

    `--help` ends the parsing without a scan, and what stands before it is parsed all the same.
    """
    if run and run[0] in ("sh", "cat"):
        return None
    ran = subprocess.run([podgate, *run, "--help"] if "--" not in run else [podgate, *run[:run.index("--")], "--help"],
                         capture_output=True, text=True)
    return None if ran.returncode == 0 else (ran.stderr or ran.stdout).strip().splitlines()[0]


def prompts(text):
    """The commands of a transcript: lines after `$ `. Without a prompt each line is a command."""
    if not re.search(r"^\$ ", text, re.M):
        return text
    return "".join(command[2:] + "\n" for command in re.findall(r"^\$ (?:.*\\\n)*.*", text, re.M))


def scripts_of(value, key=None):
    """The scripts in a pipeline: the values of the keys that hold some, at any depth."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from scripts_of(inner, name)
    elif isinstance(value, list):
        if key in ("script", "before_script", "after_script"):
            yield "\n".join(str(one) for one in value) + "\n"
        elif key in ("command", "args") and value[:1] and "\n" in str(value[-1]):
            yield str(value[-1])
        elif key == "command":
            yield shlex.join(str(one) for one in value) + "\n"
        else:
            for inner in value:
                yield from scripts_of(inner, key if isinstance(inner, list) else None)
    elif isinstance(value, str) and key in ("script", "run", "entry", "bash", "before_script"):
        yield value if value.endswith("\n") else value + "\n"

