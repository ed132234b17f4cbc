"""Whatever happens on GitHub and on the way: in the end the store knows what is true."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.github import sandbox_window
from tests.connectors.stateful.github_world import BEGIN, GitHubWorld
from tests.connectors.stateful.life import Life, Step, living, steps
from tests.connectors.stateful.network import Clock


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    with pytest.MonkeyPatch.context() as patch, living(tmp_path_factory.mktemp("github")) as life:
        patch.setattr(sandbox_window, "LARGEST_PAGE", 2)  # so that few items are many pages
        yield life


@settings(max_examples=200, derandomize=True, database=None)
@given(lived=steps(GitHubWorld.actions), named=st.booleans())
def test_the_store_knows_in_the_end_what_is_true(life: Life, lived: list[Step], named: bool) -> None:
    life.live(GitHubWorld, Clock(BEGIN), lived, named=named)
