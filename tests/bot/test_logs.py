"""No secret reaches the log: not by its value, not by its looks, not from a library or a stack trace."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot import logs
from config.settings import Settings, SourceAccess

CANARY = "canary-4711"
SETTINGS = Settings(
    database=f"postgresql://opsbot:{CANARY}-db@db.example/opsbot",
    sources={"jira": SourceAccess(user="ana", token=f"{CANARY}-jira", webhook_secret=f"{CANARY}-hook")},
    slack_bot_token=f"xoxb-{CANARY}",
    slack_signing_secret=f"{CANARY}-sign",
    log_format="json",
)
LOOKS = [
    "xoxb-1-2-abc",
    "xapp-1-A-2",
    "ghs_abcdef",
    "github_pat_11A_b",
    "ATATT3xFf-x=1",
    "gho_x1",
    "xoxe.xoxp-1-a",
]


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    structlog.reset_defaults()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def test_every_log_line_is_free_of_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(SETTINGS)
    log = structlog.get_logger("opsbot")
    for secret in ("db", "jira", "hook", "sign"):
        log.info("plain", said=f"it was {CANARY}-{secret}.")
        log.info("deep", said=[{"a": (f"{CANARY}-{secret}",)}], error=ValueError(f"{CANARY}-{secret}"))
        logging.getLogger("library").warning("it said %s", f"{CANARY}-{secret}")
    for token in LOOKS:
        log.warning("looks", said=f"Bearer {token}", deep={token: [token]})
    try:
        int(f"{CANARY}-jira")
    except ValueError:
        log.exception("failed")
        logging.getLogger("library").exception("failed too")
    out, err = capsys.readouterr()
    assert out == ""
    assert CANARY not in err
    assert not any(token in err for token in LOOKS)
    assert err.count("[secret]") >= 30
    assert "invalid literal for int" in err


def test_as_json_every_line_can_be_read_by_a_log_store(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(SETTINGS)
    structlog.get_logger().info("started", address="127.0.0.1:8080", keys=("A-1",))
    logging.getLogger("library").warning("slow")
    logging.getLogger("httpx").info("GET https://user:password@example.com")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(x["event"], x["level"]) for x in lines] == [("started", "info"), ("slow", "warning")]
    assert lines[0]["keys"] == ["A-1"]


def test_commands_log_warnings_alone_and_no_secret(capsys: pytest.CaptureFixture[str]) -> None:
    logs.quiet(SETTINGS)
    log = structlog.get_logger()
    log.info("judged")
    log.warning("refused", said=f"{CANARY}-jira")
    err = capsys.readouterr().err
    assert "judged" not in err
    assert "refused" in err
    assert CANARY not in err


def test_a_word_too_short_to_be_a_secret_is_left_alone() -> None:
    cut = logs.Without(["a", "secret-word"])
    assert cut(None, "", {"said": "a secret-word"}) == {"said": "a [secret]"}
    assert cut(None, "", {"n": 1, "x": None, "b": True}) == {"n": 1, "x": None, "b": True}
