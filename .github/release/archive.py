"""Packs the program of a release into an archive: archive.py TARGET DIRECTORY

The archive `podgate-VERSION-TARGET.tar.gz` (for Windows `.zip`) is written into DIRECTORY. Its bytes depend on its files
alone: the names are sorted, the times are that of the commit or SOURCE_DATE_EPOCH, and nobody owns a file. The program is
run for its completions and manual pages, so it must be one for this machine.
"""

import gzip
import io
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import time
import tomllib
import zipfile

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
DOCUMENTS = ("LICENSE-APACHE", "LICENSE-MIT", "README.md", "CHANGELOG.md")
COMPLETIONS = {
    "bash": "podgate.bash",
    "elvish": "podgate.elv",
    "fish": "podgate.fish",
    "powershell": "_podgate.ps1",
    "zsh": "_podgate",
}


def main():
    target, directory = sys.argv[1:]
    version = tomllib.loads((REPOSITORY / "Cargo.toml").read_text(encoding="utf-8"))["package"]["version"]
    name = f"podgate-{version}-{target}"
    pack = pack_zip if "windows" in target else pack_tar
    path = pathlib.Path(directory) / (name + (".zip" if "windows" in target else ".tar.gz"))
    path.write_bytes(pack(name, files(target), commit_time()))
    print(path)


def files(target):
    """The files of the archive by their names in it: whether they are programs, and their bytes."""
    suffix = ".exe" if "windows" in target else ""
    program = REPOSITORY / "target" / target / "release" / f"podgate{suffix}"
    found = {f"podgate{suffix}": (True, program.read_bytes())}
    for name in DOCUMENTS:
        found[name] = (False, (REPOSITORY / name).read_bytes())
    for shell, name in COMPLETIONS.items():
        found[f"completions/{name}"] = (False, output(program, "completions", shell))
    found["man/podgate.1"] = (False, output(program, "man"))
    for command in subcommands(program):
        found[f"man/podgate-{command}.1"] = (False, output(program, "man", command))
    return found


def subcommands(program):
    """The subcommands that have a page, by what `podgate man --help` says."""
    listed = re.search(r"\[possible values:([^\]]*)\]", output(program, "man", "--help").decode())
    return re.findall(r"[\w-]+", listed[1])


def output(program, *arguments):
    """What podgate prints. Its line ends are those of Unix on every system."""
    ran = subprocess.run([program, *arguments], check=True, stdout=subprocess.PIPE)
    return ran.stdout.replace(b"\r\n", b"\n")


def commit_time():
    """Seconds since 1970: the time of the commit that is packed."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given is None:
        given = subprocess.run(
            ["git", "log", "-1", "--format=%ct"], cwd=REPOSITORY, check=True, stdout=subprocess.PIPE, text=True
        ).stdout
    return int(given)


def pack_tar(name, contents, seconds):
    """A tar in a gzip without a name or a time of its own."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path, (program, data) in sorted(contents.items()):
            entry = tarfile.TarInfo(f"{name}/{path}")
            entry.size, entry.mtime, entry.mode = len(data), seconds, 0o755 if program else 0o644
            archive.addfile(entry, io.BytesIO(data))
    return gzip.compress(packed.getvalue(), mtime=0)


def pack_zip(name, contents, seconds):
    """A zip, which has times of two seconds and no zone."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, (program, data) in sorted(contents.items()):
            entry = zipfile.ZipInfo(f"{name}/{path}", time.gmtime(seconds)[:6])
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            entry.external_attr = (0o100755 if program else 0o100644) << 16
            archive.writestr(entry, data)
    return packed.getvalue()


if __name__ == "__main__":
    main()
