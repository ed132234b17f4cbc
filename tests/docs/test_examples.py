"""The YAML that the pages show: models load, rules can be read."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from documentation import PAGES, blocks

from config.load import load_model
from config.yaml import read_yaml
from rules.rule import read_rule


def examples(page: Path) -> Iterator[Any]:
    for block in blocks(page, "yaml"):
        document = read_yaml(block.encode(), page.name)
        assert not document.mistakes, document.mistakes
        yield document.content


def is_model(content: Any) -> bool:
    return isinstance(content, dict) and bool(content.keys() & {"products", "sources", "company", "people"})


def is_rules(content: Any) -> bool:
    return isinstance(content, list) and all(isinstance(x, dict) and "violates" in x for x in content)


def test_every_operating_model_shown_loads(tmp_path: Path) -> None:
    """A part of a model is completed by the people and products it leaves out."""
    shown = [(page, content) for page in PAGES for content in examples(page) if is_model(content)]
    assert len(shown) >= 3
    for number, (page, content) in enumerate(shown):
        path = tmp_path / f"{number}.yaml"
        path.write_text(json.dumps(content), encoding="utf-8")
        assert load_model(path).model.sources, page.name


def test_every_rule_shown_can_be_read() -> None:
    shown = [
        (page, rule) for page in PAGES for content in examples(page) if is_rules(content) for rule in content
    ]
    assert [read_rule(rule, page.name).id for page, rule in shown]
