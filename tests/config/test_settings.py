import os
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.settings import Settings, SettingsMistake, SourceAccess, is_secret, load_settings, variable_fields

CANARY = "canary-9f8e7d"
REFUSED = {  # each of them is wrong in its own way, and holds a secret
    "DATABASE": f"mysql://root:{CANARY}@host/db",
    "SLACK_URL": f"https://{CANARY}@slack.example",
    "SLACK_COMMAND": CANARY,
    "WEB_PORT": CANARY,
    "LOG_LEVEL": CANARY,
    "SLAK_BOT_TOKEN": CANARY,
    "SLACK_APP_TOKEN_FILE": f"/nowhere/{CANARY}",
    "SOURCES": f'{{"jira": {{"token": "{CANARY}"',
    "SOURCES__JIRA": f"{{{CANARY}",
    "SOURCES__JIRA__TOKEN": CANARY,
    "SOURCES__JIRA__TOKN": CANARY,
    "SOURCES__JIRA__URL": f"http://[{CANARY}",
    "SOURCES__GITHUB__URL": f"http://{CANARY}.example",
}


def settings(dotenv: Path | None = None, /, **variables: str) -> Settings:
    return load_settings(dotenv, {f"OPSBOT_{name}": value for name, value in variables.items()})


def problems(dotenv: Path | None = None, /, **variables: str) -> tuple[str, ...]:
    with pytest.raises(SettingsMistake) as caught:
        settings(dotenv, **variables)
    return caught.value.problems


def test_nothing_has_to_be_set() -> None:
    default = settings()
    assert default.model == Path("operating-model")
    assert default.database_url == "sqlite+aiosqlite:///opsbot.db"
    assert default.slack_command == "/ops"
    assert (default.web_host, default.web_port) == ("127.0.0.1", 8080)
    assert default.access("jira") == SourceAccess()


def test_a_source_is_found_by_its_id_in_the_model() -> None:
    read = settings(SOURCES__JIRA_EU__TOKEN="12345", SOURCES__JIRA_EU__USER="bot@larkfield.example")
    access = read.access("jira-eu")
    assert access.token is not None
    assert access.token.get_secret_value() == "12345"
    assert access.user == "bot@larkfield.example"


@pytest.mark.parametrize("token", ["12345", "null", "true", '{"a": 1}', "[1]", "a$b${c}"])
def test_a_token_is_taken_as_it_is(tmp_path: Path, token: str) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text(f"OPSBOT_SLACK_BOT_TOKEN='{token}'\n")
    for read in (settings(SOURCES__J__TOKEN=token).access("j").token, settings(dotenv).slack_bot_token):
        assert read is not None
        assert read.get_secret_value() == token


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("sqlite:///a.db", "sqlite+aiosqlite:///a.db"),
        ("sqlite:////var/a.db", "sqlite+aiosqlite:////var/a.db"),
        ("postgresql://u:p%40@h:5432/d", "postgresql+asyncpg://u:p%40@h:5432/d"),
        ("postgres://u@h/d", "postgresql+asyncpg://u@h/d"),
        ("postgresql+asyncpg://u@h/d", "postgresql+asyncpg://u@h/d"),
    ],
)
def test_the_database_gets_its_asynchronous_driver(written: str, url: str) -> None:
    assert settings(DATABASE=written).database_url == url


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("xoxb-1\n")
    read = settings(SLACK_BOT_TOKEN_FILE=str(secret), SOURCES__JIRA__TOKEN_FILE=str(secret))
    assert read.slack_bot_token is not None
    assert read.slack_bot_token.get_secret_value() == "xoxb-1"
    assert read.access("jira").token == read.slack_bot_token


def test_the_environment_wins_over_dotenv_whether_by_value_or_by_file(tmp_path: Path) -> None:
    secret, dotenv = tmp_path / "secret", tmp_path / ".env"
    secret.write_text("from-file")
    dotenv.write_text("OPSBOT_SLACK_BOT_TOKEN=from-dotenv\nOPSBOT_WEB_PORT=9000\nOTHER=1\n")
    read = settings(dotenv, SLACK_BOT_TOKEN_FILE=str(secret))
    assert read.slack_bot_token is not None
    assert read.slack_bot_token.get_secret_value() == "from-file"
    assert read.web_port == 9000


def test_an_empty_variable_is_not_set() -> None:
    assert settings(SLACK_BOT_TOKEN="", WEB_PORT="").slack_bot_token is None


def test_a_file_and_a_value_for_one_secret_are_one_too_many(tmp_path: Path) -> None:
    (told,) = problems(SLACK_BOT_TOKEN="x", SLACK_BOT_TOKEN_FILE=str(tmp_path))
    what = "OPSBOT_SLACK_BOT_TOKEN_FILE is set, and OPSBOT_SLACK_BOT_TOKEN too"
    assert told == f"{what}; allowed: one of them [settings-file]"


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff\xfe"])
def test_a_file_that_cannot_be_used_is_told_without_its_path(tmp_path: Path, content: bytes | None) -> None:
    secret = tmp_path / CANARY
    if content is not None:
        secret.write_bytes(content)
    (problem,) = problems(SLACK_BOT_TOKEN_FILE=str(secret))
    assert problem == (
        "OPSBOT_SLACK_BOT_TOKEN_FILE names no file that can be used; "
        "allowed: the path of a readable text file that holds the secret [settings-file]"
    )


def test_all_problems_are_told_at_once() -> None:
    expected = (Path(__file__).parent / "settings_problems.txt").read_text().splitlines()
    assert list(problems(**REFUSED)) == expected


def test_only_secrets_are_read_from_files(tmp_path: Path) -> None:
    (told,) = problems(WEB_HOST_FILE=str(tmp_path))
    allowed = "OPSBOT_WEB_HOST (only secrets stand in files)"
    assert told == f"OPSBOT_WEB_HOST_FILE is not known; allowed: {allowed} [settings-unknown]"


def said_of(error: BaseException) -> Iterator[str]:
    yield from (str(error), repr(error), repr(error.args), repr(vars(error)))
    yield "".join(traceback.format_exception(error))
    for other in (error.__cause__, error.__context__):
        if other is not None:
            yield from said_of(other)


@pytest.mark.parametrize("name", REFUSED)
def test_no_error_holds_a_value_not_even_of_a_neighbour(name: str) -> None:
    with pytest.raises(SettingsMistake) as caught:
        settings(SLACK_BOT_TOKEN=CANARY, **{"WEB_PORT": "x", name: REFUSED[name]})
    for said in said_of(caught.value):
        assert CANARY not in said


def test_the_settings_themselves_do_not_show_their_secrets() -> None:
    read = settings(
        SLACK_BOT_TOKEN=CANARY, DATABASE=f"postgresql://u:{CANARY}@h/d", SOURCES__JIRA__TOKEN=CANARY
    )
    for said in (str(read), repr(read), read.model_dump_json(), str(read.model_dump())):
        assert CANARY not in said


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8001", "http://localhost:8001/", "http://[::1]:8001", "https://ghe.example/api"]
)
def test_plain_http_is_for_this_machine_only(url: str) -> None:
    assert settings(SLACK_URL=url).slack_url == url.rstrip("/")


def test_settings_built_in_code_do_not_look_at_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPSBOT_WEB_PORT", "9999")
    assert Settings().web_port == 8080
    assert load_settings(None).web_port == 9999
    assert os.environ["OPSBOT_WEB_PORT"] == "9999"


def test_every_variable_is_described() -> None:
    fields = variable_fields()
    assert all(field.description for field in fields.values())
    assert {n for n, f in fields.items() if is_secret(f)} == {
        "OPSBOT_DATABASE", "OPSBOT_SLACK_BOT_TOKEN", "OPSBOT_SLACK_APP_TOKEN", "OPSBOT_SLACK_SIGNING_SECRET",
        "OPSBOT_SOURCES__<ID>__TOKEN", "OPSBOT_SOURCES__<ID>__WEBHOOK_SECRET",
        "OPSBOT_SOURCES__<ID>__WEBHOOK_SECRET_PREVIOUS", "OPSBOT_SOURCES__<ID>__CLIENT_SECRET",
        "OPSBOT_SOURCES__<ID>__REFRESH_TOKEN", "OPSBOT_SOURCES__<ID>__PRIVATE_KEY",
    }  # fmt: skip
