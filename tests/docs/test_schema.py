"""The schema for editors accepts what the reader accepts, and refuses what it refuses."""

import json
from pathlib import Path
from typing import Any

import pytest
from documentation import ROOT
from jsonschema import Draft202012Validator

from config.check import SECTIONS
from config.example import example_path, smallest_path
from config.folder import gather
from config.load import load_model


def written(path: Path) -> Any:
    return json.loads(json.dumps(gather(path, SECTIONS).tree, default=str))


SCHEMA = Draft202012Validator(json.loads((ROOT / "docs" / "operating-model.schema.json").read_text()))


def test_the_schema_is_one() -> None:
    SCHEMA.check_schema(SCHEMA.schema)


@pytest.mark.parametrize("path", [example_path(), smallest_path()], ids=["larkfield", "smallest"])
def test_the_schema_accepts_the_examples(path: Path) -> None:
    assert [error.message for error in SCHEMA.iter_errors(written(path))] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"prodcuts": {}},
        {"rules": {"flow-wip-limit": "off"}},
        {"products": {"billing": {"ownr": "ana"}}},
        {"products": {"billing": {"tier": 4}}},
        {"products": {"billing": {"teams": {"ad": ["money"]}}}},
        {"products": {"billing": {"sle": {"story": "soon"}}}},
        {"retention": "400"},
        {"decisions": {"launch": {"driver": "product-manager"}}},
    ],
    ids=str,
)
def test_the_schema_refuses_what_the_reader_refuses(wrong: dict[str, Any], tmp_path: Path) -> None:
    assert not SCHEMA.is_valid(wrong)
    (tmp_path / "wrong.yaml").write_text(json.dumps(wrong), encoding="utf-8")
    with pytest.raises(Exception, match=r"wrong\.yaml:1"):
        load_model(tmp_path / "wrong.yaml")
