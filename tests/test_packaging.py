"""The image and the compose file: what no linter here looks at."""

import re
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


def test_the_lock_has_a_hash_for_each_requirement() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = re.findall(r"^[a-z0-9][^\n]*==[^\n]* \\$", lock, re.MULTILINE)
    assert len(pinned) > 60
    assert len(pinned) == len(re.findall(r"^[a-z0-9][^\n]*==", lock, re.MULTILINE))
