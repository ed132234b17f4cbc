"""What every command needs: settings, the model, an open app, and how mistakes are told."""

import asyncio
import json
import os
import secrets
import sys
import traceback
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from bot.clock import Clock, utc_now

if TYPE_CHECKING:  # these take a second to load; --help must not
    from bot.app import App
    from bot.book import Book
    from config.errors import Entry
    from config.settings import Settings

T = TypeVar("T")

FOUND, MISUSED, UNREADABLE = 1, 2, 3
"""Exit codes: findings as grave as asked for; a mistake to correct here; a source that could not be read."""

CONTROLS = {
    c: "\ufffd" for c in (*range(32), *range(127, 160), *range(0x202A, 0x202F)) if chr(c) not in "\n\t"
}
"""Signs that move the cursor, colour or turn round what follows."""
MORE = "What the word in brackets means, and what to do: opsbot errors WORD"


@dataclass(slots=True)
class Options:
    """Options of the whole command line."""

    folder: Path = Path()
    model: Path | None = None
    database: str | None = None


def options(context: typer.Context) -> Options:
    """The options the command was called with."""
    found = context.find_object(Options)
    return found if found is not None else Options()


def settings_of(chosen: Options) -> "Settings":
    """Settings from the environment and .env, with what the command line says on top.

    In another folder than the present one, its model and database are meant unless something else is said.
    """
    from config.settings import load_settings  # noqa: PLC0415 - loads when it is needed

    environ = dict(os.environ)
    if chosen.folder != Path():
        environ.setdefault("OPSBOT_MODEL", str(chosen.folder / "operating-model"))
        environ.setdefault("OPSBOT_DATABASE", f"sqlite:///{chosen.folder / 'opsbot.db'}")
    if chosen.model is not None:
        environ["OPSBOT_MODEL"] = str(chosen.model)
    if chosen.database is not None:
        environ["OPSBOT_DATABASE"] = chosen.database
    return load_settings(chosen.folder / ".env", environ)


def clock_of(settings: "Settings") -> Clock:
    """The clock of the machine, or the moment at which it shall stand still."""
    still = settings.now
    return utc_now if still is None else lambda: still


def book_of(settings: "Settings") -> "Book":
    """The operating model the settings point at."""
    from bot.book import read_book  # noqa: PLC0415 - loads when it is needed

    return read_book(settings.model)


@asynccontextmanager
async def opened(chosen: Options, *, long: bool = False) -> AsyncIterator["App"]:
    """The app with its database at the present schema; connections are given back at the end.

    Long work tells the log how far it is where no terminal shows it.
    """
    from bot.app import open_app  # noqa: PLC0415 - loads when it is needed
    from bot.logs import quiet  # noqa: PLC0415 - loads when it is needed

    settings = settings_of(chosen)
    quiet(settings, settings.log_level if long and not sys.stderr.isatty() else "warning")
    async with open_app(settings, book_of(settings), clock_of(settings)) as app:
        yield app


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's work to its end; it prints its own results, so only warnings are logged."""
    from bot.logs import quiet  # noqa: PLC0415 - loads when it is needed

    quiet()
    return asyncio.run(work)


def say(text: str = "") -> None:
    """One line for the person at the terminal."""
    typer.echo(_inert(text))


def json_text(data: object) -> str:
    """Plain data as every command prints it with --json."""
    return json.dumps(data, indent=2, ensure_ascii=False)


def complain(text: str, entry: "Entry | None" = None) -> None:
    """One line about what went wrong, apart from the results; `entry` where the text names none yet."""
    typer.echo(_inert(text if entry is None else f"{text} {entry}"), err=True)


def _inert(text: str) -> str:
    """The text without what a terminal obeys: titles come from tools, and anybody may write there."""
    return text.translate(CONTROLS).encode(errors="replace").decode()


def guarded(command: Callable[..., Any], *, debug: bool) -> int:
    """Run the command line; a known mistake becomes its sentence, an unknown one a short report."""
    try:
        ended = command(standalone_mode=False)
    except typer.TyperException as error:
        return _misused(error)
    except typer.Abort:
        return MISUSED
    except Exception as error:  # noqa: BLE001 - the last door: no stack trace unless it was asked for
        if debug:
            traceback.print_exc()
        sentence, code = _told(error)
        complain(sentence)
        return code
    return ended if isinstance(ended, int) else 0


def _misused(error: typer.TyperException) -> int:
    """A command that is not called as it can be; asking for nothing shows the help."""
    from bot.errors import COMMAND_USAGE  # noqa: PLC0415 - nothing of this is needed for --help

    says, asked = error.format_message(), getattr(error, "ctx", None)
    if asked is not None and says == asked.get_help():
        complain(says)
        return MISUSED
    if asked is not None:
        complain(f"{asked.get_usage()}\nMore: {asked.command_path} --help\n")
    complain(says, COMMAND_USAGE)
    return MISUSED


def _told(error: Exception) -> tuple[str, int]:
    """What to tell the person at the terminal, and the exit code."""
    from bot.errors import INTERNAL, SYSTEM  # noqa: PLC0415 - nothing of this is needed for --help
    from bot.unusable import CannotStartError  # noqa: PLC0415 - nothing of this is needed for --help
    from config.mistakes import ModelMistakes  # noqa: PLC0415 - the same
    from config.settings import SettingsMistake  # noqa: PLC0415 - the same
    from connectors.errors import ConnectorError  # noqa: PLC0415 - the same

    match error:
        case ModelMistakes():
            return f"{error}\n{_to_correct(len(error.mistakes))}", MISUSED
        case SettingsMistake() | CannotStartError():
            return str(error), MISUSED
        case ConnectorError():
            return str(error), UNREADABLE
        case OSError(strerror=str(reason)):
            return f"{error.filename or 'The system'}: {reason}. {SYSTEM}", MISUSED
    what = f"{type(error).__name__}, ref {_logged(error)}"
    return f"A mistake of opsbot itself ({what}): run again with --debug and report it. {INTERNAL}", MISUSED


def _logged(error: Exception) -> str:
    """Tell the log of a mistake of ours; gives the reference that finds it there.

    What the exception says stays out of it: it may hold anything.
    """
    import structlog  # noqa: PLC0415 - nothing of this is needed for --help

    from bot.logs import quiet  # noqa: PLC0415 - the same

    if not structlog.is_configured():
        quiet()
    reference = secrets.token_hex(4)
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
    structlog.get_logger(__name__).error(
        "command_failed", reference=reference, error=type(error).__name__, at=place
    )
    return reference


def _to_correct(many: int) -> str:
    return f"{many} {'mistake' if many == 1 else 'mistakes'} to correct in the operating model. {MORE}"
