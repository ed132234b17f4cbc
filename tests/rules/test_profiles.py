"""Profiles: how loud a rule is."""

import pytest

from config.model import RuleSetting
from rules.profiles import mode


@pytest.mark.parametrize(
    ("rule", "profile", "expected"),
    [
        ("model-health-source-stale", "starter", "notify"),
        ("flow-aging-wip", "starter", "digest"),
        ("flow-wip-limit", "starter", "shadow"),
        ("flow-wip-limit", "recommended", "digest"),
        ("flow-wip-limit", "strict", "notify"),
        ("model-health-source-stale", "off", "off"),
    ],
)
def test_the_profile_says_how_loud(rule: str, profile: str, expected: str) -> None:
    assert mode(rule, profile, None) == expected


def test_the_models_own_word_wins() -> None:
    assert mode("flow-aging-wip", "starter", RuleSetting(mode="off")) == "off"
    assert mode("flow-aging-wip", "off", RuleSetting(mode="gate")) == "gate"


def test_a_setting_of_parameters_alone_leaves_the_mode() -> None:
    assert mode("flow-aging-wip", "starter", RuleSetting(parameters={"days": 1})) == "digest"
