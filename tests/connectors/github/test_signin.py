"""Signing in as a GitHub App, against the sandbox over real HTTP."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from github_company import Clock, company, day, issue, pull, serving

from config.model import Source
from connectors.errors import FixCredentialsError
from connectors.github.client import HEADERS, GitHub, connect
from connectors.github.sandbox_app import InstalledApp
from connectors.github.signin import App, AppSignIn
from rules.records import PullRequest, WorkItem


@pytest.fixture(scope="session")
def keys() -> tuple[str, str]:
    """A private key and its public one, in PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()


@pytest.fixture
def app(keys: tuple[str, str]) -> App:
    return App("Iv1.opsbot", keys[0])


@pytest.fixture
def installed(keys: tuple[str, str]) -> InstalledApp:
    return InstalledApp("Iv1.opsbot", keys[1], "larkfield")


@pytest.fixture
def clock() -> Clock:
    return Clock(day(30))


@pytest.fixture
def address(clock: Clock, installed: InstalledApp) -> Iterator[str]:
    with serving(company((pull(2),), (issue(1),)), clock, installed=installed) as url:
        yield url


@pytest.fixture
async def github(address: str, app: App, clock: Clock) -> AsyncIterator[GitHub]:
    connector = connect(Source(id="code", github="larkfield"), url=address, token=app, clock=clock)
    yield connector
    await connector.close()


@pytest.fixture
async def signin(address: str, app: App, clock: Clock) -> AsyncIterator[AppSignIn]:
    signin = AppSignIn(app, address, "larkfield", (), headers=HEADERS, clock=clock)
    yield signin
    await signin.close()


async def read(connector: GitHub) -> list[str]:
    """Keys of what a sync brings."""
    pages = [page async for page in connector.pages(None)]
    return sorted(r.key for page in pages for r in page.records if isinstance(r, WorkItem | PullRequest))


async def test_an_app_reads_what_it_is_installed_on(github: GitHub, installed: InstalledApp) -> None:
    assert await read(github) == ["larkfield/tracking#1", "larkfield/tracking#2"]
    assert len(installed.asked) == 1


async def test_a_token_is_narrowed_to_reading_what_is_granted(
    github: GitHub, installed: InstalledApp
) -> None:
    installed.permissions = {
        "metadata": "read",
        "issues": "write",
        "pull_requests": "read",
        "actions": "write",
    }
    await read(github)

    narrowed = {"metadata": "read", "issues": "read", "pull_requests": "read"}
    assert installed.asked == [{"permissions": narrowed}]


async def test_a_token_is_narrowed_to_the_repositories_that_are_named(
    address: str, app: App, clock: Clock, installed: InstalledApp
) -> None:
    model = Source(id="code", github="larkfield", repositories=["tracking", "larkfield/slos"])
    connector = connect(model, url=address, token=app, clock=clock)
    await read(connector)
    await connector.close()

    assert installed.asked[0]["repositories"] == ["tracking", "slos"]


async def test_a_token_is_kept_until_shortly_before_its_end(
    signin: AppSignIn, clock: Clock, installed: InstalledApp
) -> None:
    first = await signin(None)
    clock.now += timedelta(minutes=54)
    assert await signin(None) == first
    clock.now += timedelta(minutes=2)
    assert await signin(None) != first
    assert len(installed.asked) == 2


async def test_a_token_that_is_refused_is_renewed_once(
    github: GitHub, signin: AppSignIn, installed: InstalledApp
) -> None:
    await read(github)
    installed.end_tokens()
    assert await read(github) == ["larkfield/tracking#1", "larkfield/tracking#2"]
    assert len(installed.asked) == 2

    first = await signin(None)
    second = await signin(first)
    assert second != first
    assert await signin(first) == second  # others that were refused meanwhile share the renewed one


async def test_a_clock_that_is_a_little_ahead_is_no_matter(
    signin: AppSignIn, clock: Clock, installed: InstalledApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signin, "_clock", lambda: clock.now + timedelta(seconds=50))
    assert (await signin(None)).startswith("Bearer ghs_")
    assert installed.asked


@pytest.mark.parametrize(
    "key", ["", "-----BEGIN RSA PRIVATE KEY-----\nCANARY\n-----END RSA PRIVATE KEY-----"]
)
async def test_a_key_that_is_none_is_said_and_never_shown(
    address: str, app: App, clock: Clock, key: str
) -> None:
    connector = connect(
        Source(id="code", github="larkfield"), url=address, token=replace(app, private_key=key), clock=clock
    )
    with pytest.raises(FixCredentialsError, match="private key") as caught:
        await read(connector)
    (line,) = await connector.check()
    await connector.close()

    assert "CANARY" not in f"{caught.value!r} {caught.value.__cause__} {line} {replace(app, private_key=key)}"
    assert line.state == "fail"


async def test_a_key_on_one_line_is_read_too(address: str, app: App, clock: Clock) -> None:
    flat = replace(app, private_key=app.private_key.replace("\n", "\\n"))
    connector = connect(Source(id="code", github="larkfield"), url=address, token=flat, clock=clock)
    assert await read(connector)
    await connector.close()


async def test_a_wrong_app_is_refused(address: str, app: App, clock: Clock) -> None:
    connector = connect(
        Source(id="code", github="larkfield"), url=address, token=replace(app, id="other"), clock=clock
    )
    with pytest.raises(FixCredentialsError):
        await read(connector)
    await connector.close()


@pytest.mark.parametrize(("owner", "number"), [("elsewhere", None), ("larkfield", 99)])
async def test_an_app_that_is_not_installed_there_says_so(
    address: str, app: App, clock: Clock, owner: str, number: int | None
) -> None:
    model = Source(id="code", github=owner)
    connector = connect(model, url=address, token=replace(app, installation=number), clock=clock)
    with pytest.raises(FixCredentialsError, match=f"not installed at {owner}"):
        await read(connector)
    await connector.close()


async def test_the_number_of_an_installation_need_not_be_looked_up(
    address: str, app: App, clock: Clock
) -> None:
    model = Source(id="code", github="larkfield")
    connector = connect(model, url=address, token=replace(app, installation=4711), clock=clock)
    assert await read(connector)
    await connector.close()


@pytest.mark.parametrize(
    ("permissions", "state", "told"),
    [
        ({"metadata": "read", "issues": "read", "pull_requests": "read"}, "ok", "Not granted, so not read"),
        ({"metadata": "read", "issues": "read"}, "fail", "may not read pull_requests"),
        ({"metadata": "read", "issues": "write", "pull_requests": "read"}, "warn", "issues"),
        (
            {"metadata": "read", "issues": "read", "pull_requests": "read", "actions": "read"},
            "warn",
            "actions",
        ),
    ],
)
async def test_the_doctor_says_which_permissions_are_missing_or_too_many(
    github: GitHub, installed: InstalledApp, permissions: dict[str, str], state: str, told: str
) -> None:
    installed.permissions = permissions
    lines = {line.name: line for line in await github.check()}

    assert lines["sign-in"].detail == "Signed in as the GitHub App opsbot, installation 4711."
    assert lines["permissions"].state == state
    assert told in lines["permissions"].detail


async def test_a_permission_is_never_asked_for_that_is_not_granted(
    github: GitHub, installed: InstalledApp
) -> None:
    installed.permissions = {"metadata": "read"}
    assert await read(github) == ["larkfield/tracking#1", "larkfield/tracking#2"]  # the sandbox grants all
    assert installed.asked == [{"permissions": {"metadata": "read"}}]
