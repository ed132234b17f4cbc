"""A signature holds for exactly these bytes and one of our secrets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.signing import sign, verify

BODY = b'{"webhookEvent": "jira:issue_updated"}'
SECRET = b"between us"


def test_the_example_of_githubs_documentation_verifies() -> None:
    header = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert verify(b"Hello, World!", header, [b"It's a Secret to Everybody"])


def test_the_old_and_the_new_secret_hold_during_a_rotation() -> None:
    assert verify(BODY, sign(BODY, b"old"), [b"new", b"old"])
    assert verify(BODY, sign(BODY, b"new"), [b"new", b"old"])
    assert not verify(BODY, sign(BODY, b"older"), [b"new", b"old"])


@pytest.mark.parametrize("secrets", [[], [b""], [b"", b""]])
def test_without_a_secret_nothing_verifies(secrets: list[bytes]) -> None:
    assert not verify(BODY, sign(BODY, b""), secrets)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "sha256=",
        "sha1=" + sign(BODY, SECRET)[7:],
        sign(BODY, SECRET)[7:],
        sign(BODY, SECRET)[:-1],
        sign(BODY, SECRET).upper(),
        "sha256=ümläut",
        "sha256=\ud800\udcff",
    ],
)
def test_a_missing_or_malformed_header_is_refused(header: str | None) -> None:
    assert not verify(BODY, header, [SECRET])


def test_changed_white_space_is_another_body() -> None:
    assert not verify(BODY.replace(b" ", b""), sign(BODY, SECRET), [SECRET])


@given(st.binary(min_size=1, max_size=200), st.binary(min_size=1, max_size=64), st.data())
def test_one_flipped_bit_breaks_the_signature(body: bytes, secret: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, 8 * len(body) - 1))
    flipped = bytearray(body)
    flipped[at // 8] ^= 1 << at % 8
    header = sign(body, secret)
    assert verify(body, header, [secret])
    assert not verify(bytes(flipped), header, [secret])
