"""Larkfield's tools break and recover when told to, and its people can put something right."""

import httpx
import pytest
from starlette.applications import Starlette

from connectors.larkfield.fixes import flag_lifted
from connectors.larkfield.generate import larkfield
from connectors.larkfield.outage import Breakable, Outage
from connectors.larkfield.troubles import at


async def test_a_broken_server_answers_with_its_trouble_until_it_is_mended() -> None:
    outage = Outage()
    door = httpx.ASGITransport(Breakable(Starlette(), outage))
    server = httpx.AsyncClient(transport=door, base_url="http://127.0.0.1")
    assert (await server.get("/")).status_code == 404
    outage.status, outage.retry_after = 503, 3600
    answer = await server.get("/")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "3600")
    outage.status = 401
    outage.retry_after = None
    assert "retry-after" not in (await server.get("/")).headers
    outage.status = None
    assert (await server.get("/")).status_code == 404


def test_a_flag_is_lifted_at_its_moment_and_not_before() -> None:
    world = larkfield()
    fixed = flag_lifted(world, "PAY-664", at("11-24 09:20"), by="gia", why="The bank has confirmed.")
    (issue,) = (one for one in fixed.issues if one.key == "PAY-664")
    before, after = issue.as_of(at("11-24 09:19")), issue.as_of(at("11-24 09:21"))
    assert before is not None
    assert after is not None
    assert (before.flagged, after.flagged) == (True, False)
    assert [h.by for h in after.happenings[-2:]] == ["gia", "gia"]
    assert [one for one in fixed.issues if one.key != "PAY-664"] == [
        one for one in world.issues if one.key != "PAY-664"
    ]


def test_what_is_not_flagged_cannot_be_lifted() -> None:
    with pytest.raises(ValueError, match="PAY-682 is not flagged"):
        flag_lifted(larkfield(), "PAY-682", at("11-24 09:20"), by="gia", why="")
