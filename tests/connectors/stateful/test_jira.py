"""Whatever happens in Jira and on the way: in the end the store knows what is true."""

import logging
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.jira import answers
from tests.connectors.stateful.jira_world import BEGIN, JiraWorld
from tests.connectors.stateful.life import Life, Step, living, steps
from tests.connectors.stateful.network import Clock


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    with pytest.MonkeyPatch.context() as patch, living(tmp_path_factory.mktemp("jira")) as life:
        patch.setattr(answers, "WITH_FIELDS", 2)  # so that few issues are many pages
        patch.setattr(answers, "IDS_ONLY", 3)
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
        yield life


@settings(max_examples=300, derandomize=True, database=None)
@given(lived=steps(JiraWorld.actions), named=st.booleans())
def test_the_store_knows_in_the_end_what_is_true(life: Life, lived: list[Step], named: bool) -> None:
    life.live(JiraWorld, Clock(BEGIN), lived, named=named)
