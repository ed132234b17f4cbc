"""Profiles: how loud a rule is where the model does not say: a message, a line in a digest, or only kept."""

from collections.abc import Mapping

from config.model import RuleSetting
from config.product import Mode

_STARTER: Mapping[str, Mode] = {
    "accountability-product-without-owner": "notify",
    "delivery-forecast-late": "notify",
    "quality-defect-target-missed": "notify",
    "partners-contract-expiring": "notify",
    "model-health-source-stale": "notify",
    "model-health-unresolved-reference": "notify",
    "traceability-unmapped-item": "digest",
    "flow-aging-wip": "digest",
    "flow-blocked-too-long": "digest",
    "quality-unreviewed-merge": "digest",
    "accountability-active-unassigned": "digest",
    "traceability-pr-without-item": "digest",
}
"""Those that need someone to act are told at once, those that help a stand-up are in its digest; a person
who has seen what a shadow rule finds promotes it."""

_PROFILES: Mapping[str, tuple[Mapping[str, Mode], Mode]] = {
    "off": ({}, "off"),
    "starter": (_STARTER, "shadow"),
    "recommended": (_STARTER, "digest"),
    "strict": ({}, "notify"),
}
"""Of each profile: the modes it names, and the mode of all other rules."""


def mode(rule: str, profile: str, setting: RuleSetting | None) -> Mode:
    """The mode of a rule: what the model sets for it, else what the profile says."""
    if setting is not None and setting.mode is not None:
        return setting.mode
    named, other = _PROFILES[profile]
    return named.get(rule, other)
