"""What we take GitHub's webhooks for is what GitHub describes."""

import json
from collections import defaultdict

import pytest

from connectors.github.webhook import ACCEPTED, BESIDE, IGNORED
from tests.contracts.vendor import vendor

DOCUMENT = json.loads(vendor("github-webhooks.json")[0].read_bytes())
DESCRIBED = defaultdict[str, list[str]](list)  # the schemas of its bodies, by event
for described in DOCUMENT["webhooks"].values():
    content = described["post"]["requestBody"]["content"]["application/json"]
    event_of_it = described["post"]["operationId"].partition("/")[0].replace("-", "_")
    DESCRIBED[event_of_it].append(content["schema"]["$ref"].rpartition("/")[2])


@pytest.mark.parametrize("event", sorted({*ACCEPTED, *BESIDE, *IGNORED}))
def test_an_event_we_know_is_one_that_github_sends(event: str) -> None:
    assert event in DESCRIBED


@pytest.mark.parametrize("event", sorted(ACCEPTED))
def test_every_action_of_an_accepted_event_names_its_item_and_repository(event: str) -> None:
    assert DESCRIBED[event]
    for name in DESCRIBED[event]:
        schema = DOCUMENT["components"]["schemas"][name]
        for form in schema.get("oneOf", [schema]):
            assert {ACCEPTED[event], "repository"} <= set(form["required"]), name
