"""The bodies that Jira really sends are understood."""

from pathlib import Path

import pytest

from connectors.hint import Hint
from connectors.jira.webhook import parse
from tests.contracts.vendor import vendor


@pytest.mark.parametrize("file", vendor("jira-webhooks/*.json"), ids=lambda file: file.stem)
def test_a_body_that_jira_sends_is_a_hint(file: Path) -> None:
    assert isinstance(parse({}, file.read_bytes()), Hint)
