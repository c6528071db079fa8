"""Runs a program in the root of an image as `docker run` does, by the image's own configuration.

Usage: unshare --mount --pid --fork --kill-child container.py [OPTIONS] ROOT CONFIGURATION [ARGUMENT...]

ROOT is the unpacked image, CONFIGURATION a file with its configuration (the `config` of OCI, as JSON). The arguments
replace the image's command, as behind `docker run IMAGE`. An error of this script's own is exit code 125, as Docker's are.
Nothing of the environment reaches the program but what the image and `--env` set: no HOME, no PATH of this machine.
"""

import argparse
import json
import os
import pathlib
import subprocess


def main():
    """Prepares the root, and becomes the image's program."""
    options = parse()
    configuration = json.loads(pathlib.Path(options.configuration).read_text())
    root = pathlib.Path(options.root).resolve()
    if os.getpid() != 1:
        raise RuntimeError("it mounts file systems, and is to be started by `unshare --mount --pid --fork`")
    mount_all(root, options)
    arguments = configuration.get("Entrypoint") or [] if options.entrypoint is None else []
    arguments = arguments + (options.arguments or configuration.get("Cmd") or [])
    environment = dict(entry.split("=", 1) for entry in configuration.get("Env") or [])
    environment.update(entry.split("=", 1) for entry in options.env)
    enter(root, options.workdir or configuration.get("WorkingDir") or "/", options.user)
    start(arguments, environment)


def parse():
    """The options are those of `docker run`, as far as they are here."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--user", default="0:0")
    parser.add_argument("--read-only", action="store_true")
    parser.add_argument("--volume", action="append", default=[], metavar="FROM:TO[:ro]")
    parser.add_argument("--workdir")
    parser.add_argument("--env", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--entrypoint", help="only the empty one: no entry point", choices=[""])
    parser.add_argument("root")
    parser.add_argument("configuration")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    return parser.parse_args()


def mount_all(root, options):
    """Mounts the root itself, /proc, /dev/null and the volumes."""
    mount("--make-rprivate", "/")
    mount("--bind", root, root)
    for directory in ("proc", "dev", *(volume.split(":")[1].lstrip("/") for volume in options.volume)):
        (root / directory).mkdir(parents=True, exist_ok=True)
    if options.read_only:
        mount("-o", "remount,bind,ro", root)
    mount("-t", "proc", "proc", root / "proc")
    mount("-t", "tmpfs", "tmpfs", root / "dev")
    (root / "dev/null").touch()
    mount("--bind", "/dev/null", root / "dev/null")
    for volume in options.volume:
        source, target, *mode = volume.split(":")
        mount("--bind", source, root / target.lstrip("/"))
        if mode:
            mount("-o", "remount,bind,ro", root / target.lstrip("/"))


def mount(*arguments):
    """Mounts, or ends the program."""
    subprocess.run(["mount", *arguments], check=True)


def enter(root, directory, user):
    """Makes this process one of the container: its root, its working directory, its user and no rights beside."""
    os.chroot(root)
    os.chdir(directory)
    uid, _, gid = user.partition(":")
    os.setgroups([])
    os.setgid(int(gid or 0))
    os.setuid(int(uid))


def start(arguments, environment):
    """Becomes the program, which is looked for in the image's PATH. A missing one is exit code 127, as with Docker."""
    try:
        os.execvpe(arguments[0], arguments, environment)
    except OSError as error:
        print(f"container.py: {arguments[0]}: {error.strerror}", flush=True)
        os._exit(127)


if __name__ == "__main__":
    try:
        main()
    except Exception as error:  # whatever it is, it must not look like an exit code of podgate
        print(f"container.py: {error}", flush=True)
        os._exit(125)
