"""`opsbot report`: everything that was judged, on one page for the browser."""

import contextlib
import shlex
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.frame import MISUSED, Options, complain, opened, options, run_async, say
from bot.errors import COMMAND_UNKNOWN, SERVICE_ADDRESS


def report(
    context: typer.Context,
    out: Annotated[Path, typer.Option("--out", help="The file to write.")] = Path("report.html"),
    channel: Annotated[
        str | None, typer.Option("--for", help="Cut to what this channel is cleared for, as a digest is.")
    ] = None,
    serve: Annotated[
        bool,
        typer.Option("--serve", help="Show it on this machine instead, fresh at each load, until Ctrl-C."),
    ] = False,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="With --serve: the port; 0 takes a free one.")
    ] = 0,
) -> None:
    """Write one page with products, digests, findings and their reasons. It loads nothing from anywhere."""

    async def work() -> int:
        chosen = options(context)
        html = await _made(chosen, channel)
        if html is None:
            complain(
                f"The operating model names no channel {channel}: channels stand at its products, "
                "value_streams and teams, and in operations.",
                COMMAND_UNKNOWN,
            )
            return MISUSED
        if serve:
            try:
                await _served(chosen, channel, port)
            except OSError as error:
                says = f"Port {port} of this machine cannot be used: {error.strerror}. Choose another --port."
                complain(says, SERVICE_ADDRESS)
                return MISUSED
            return 0
        from bot.page.file import write  # noqa: PLC0415 - loads when it is needed

        say(f"Written to {out}\n{write(html, out)}")
        return 0

    with contextlib.suppress(KeyboardInterrupt) if serve else contextlib.nullcontext():
        raise typer.Exit(run_async(work()))


async def _made(chosen: Options, channel: str | None) -> str | None:
    """The page as of now; None where the model names no such channel."""
    from bot.page.gather import gather  # noqa: PLC0415 - loads when it is needed
    from bot.page.render import page_html  # noqa: PLC0415 - loads when it is needed

    async with opened(chosen) as app:
        if channel is not None and not app.channel_clearance(channel).known:
            return None
        return page_html(await gather(app, called(chosen), channel))


async def _served(chosen: Options, channel: str | None, port: int) -> None:
    from bot.page.serve import serve, show  # noqa: PLC0415 - loads when it is needed

    async def make() -> str:
        return await _made(chosen, channel) or f"The operating model names no channel {channel}."

    def ready(address: str) -> None:
        say(f"The page is at {address} until Ctrl-C.")
        show(address)

    await serve(make, port, ready)


def called(chosen: Options) -> str:
    """How opsbot is called to mean this folder."""
    return "opsbot" if chosen.folder == Path() else f"opsbot --in {shlex.quote(str(chosen.folder))}"
