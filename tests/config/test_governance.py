"""Decision rights as the model may write them."""

import pytest
from pydantic import ValidationError

from config.governance import Decision


def test_how_long_a_waiver_holds_is_told_in_days() -> None:
    assert str(Decision(driver="anyone", approver="operator", max="60d").max) == "60d"  # type: ignore[arg-type]
    with pytest.raises(ValidationError, match="told in days: 90d"):
        Decision(driver="anyone", approver="operator", max="60bd")  # type: ignore[arg-type]


def test_only_who_asks_and_who_it_is_about_can_be_kept_from_deciding() -> None:
    with pytest.raises(ValidationError, match="'self' or 'subject'"):
        Decision(driver="anyone", approver="operator", never=["boss"])  # type: ignore[list-item]
