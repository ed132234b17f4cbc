"""The image, the compose file and the locks: what no linter here looks at."""

import ast
import re
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
COMPOSE: dict[str, Any] = YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICE: dict[str, Any] = COMPOSE["services"]["opsbot"]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_the_container_can_do_little() -> None:
    assert SERVICE["read_only"] is True
    assert SERVICE["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in SERVICE["security_opt"]
    assert SERVICE["tmpfs"] == ["/tmp"]  # noqa: S108 - inside the container
    assert not any("docker.sock" in volume for volume in SERVICE["volumes"])


def test_it_listens_on_this_machine_alone() -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICE["ports"])


def test_what_it_refers_to_is_declared() -> None:
    named = {v.split(":")[0] for v in SERVICE["volumes"]}
    assert {name for name in named if not name.startswith(".")} == set(COMPOSE["volumes"])
    assert not SERVICE.get("secrets")
    assert not SERVICE["image"].endswith(":latest")


def test_it_has_time_to_stop() -> None:
    assert int(SERVICE["stop_grace_period"].removesuffix("s")) > 20


def test_the_image_runs_as_a_number_and_looks_after_its_health() -> None:
    assert re.search(r"^USER 10001$", DOCKERFILE, re.MULTILINE)
    assert "/healthz" in DOCKERFILE
    assert not re.search(r"^FROM \S+:latest", DOCKERFILE, re.MULTILINE)


def test_the_image_installs_what_the_lock_says() -> None:
    assert "--constraint requirements.lock" in DOCKERFILE
    assert "--verify-hashes" in DOCKERFILE


def pinned(lock: str) -> dict[str, str]:
    """Name and version of each requirement of a lock file, all of which have hashes."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    with_hash = re.findall(r"^([a-z0-9.-]+)==(\S+)[^\n]* \\$", text, re.MULTILINE)
    assert len(with_hash) == len(re.findall(r"^[a-z0-9][^\n]*==", text, re.MULTILINE))
    return dict(with_hash)


def test_what_development_adds_to_the_lock_changes_nothing_of_it() -> None:
    runs, develops = pinned("requirements.lock"), pinned("requirements-dev.lock")
    assert len(runs) > 40
    assert runs.items() <= develops.items()
    assert not {"pytest", "ruff", "mypy", "sphinx", "playwright"} & runs.keys()
    assert {"setuptools", "asyncpg"} <= runs.keys()  # to install the project itself; the extra of the image


def test_what_runs_imports_nothing_that_only_development_has() -> None:
    ours = ("bot", "config", "connectors", "rules")
    nodes = (
        node
        for floor in ours
        for path in (ROOT / floor).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    )
    imported = {
        name.partition(".")[0]
        for node in nodes
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }
    runs = pinned("requirements.lock").keys()
    of = metadata.packages_distributions()
    others = imported - sys.stdlib_module_names - {*ours}
    assert len(others) > 20
    assert [
        x for x in sorted(others) if not {re.sub(r"[._]", "-", d.lower()) for d in of.get(x, [])} & runs
    ] == []
