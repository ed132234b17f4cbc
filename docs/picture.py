"""The picture digest.svg: a digest of the demo as Slack shows it; the demo is played for it."""

import asyncio
import re
import tempfile
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from bot.app import open_app
from bot.book import read_book
from bot.demo import MONDAY, TUESDAY, larkfield_tools, prepare
from bot.logs import quiet

CHANNEL = "prod-booking"
WIDTH, LEFT, RIGHT = 760, 76, 28
LINE = 1.45  # of the size of the text
GLYPH = 0.53  # width of an average letter, of the size of the text
COLOURS = {
    ":red_circle:": "#d7263d",
    ":large_orange_circle:": "#f2811d",
    ":large_yellow_circle:": "#e8b10e",
    ":white_circle:": "#b5b5b5",
}
_PIECE = re.compile(
    r"(?P<mark>:[a-z_]+_circle:)|\*(?P<bold>[^*\n]+)\*|`(?P<code>[^`]+)`|<[^|>]+\|(?P<link>[^>]*)>"
)
_ESCAPED = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))

Run = tuple[str, str]
"""Text, and the attributes it is drawn with."""
Word = list[Run]
"""Runs without a space between them."""


def main() -> None:
    """Play the demo's two days and draw what the channel received on the second."""
    quiet()
    blocks = asyncio.run(_received(CHANNEL))
    Path(__file__).with_name("digest.svg").write_text(drawn(CHANNEL, blocks), encoding="utf-8")
    print("docs/digest.svg")


async def _received(channel: str) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder)
        async with (
            larkfield_tools(folder) as company,
            open_app(company.settings, read_book(company.settings.model), company.wall) as app,
        ):
            for moment in (MONDAY, TUESDAY):
                company.wall.now = moment
                for source in app.connectors:
                    await app.sync(source)
                await app.judge_now()
                await app.digests(keep=True)
                await app.tell()
            return next(list(m.blocks) for m in reversed(company.slack.messages) if m.channel == channel)


def drawn(channel: str, blocks: list[dict[str, Any]]) -> str:
    """The message as a card."""
    body, y = [], 66.0
    for block in blocks:
        size, text, extra = _looks(block)
        y += extra
        for line in text.split("\n"):
            for words in _wrapped(_words(line), size):
                y += size * LINE
                body.append(f'<text x="{LEFT}" y="{y:.0f}" font-size="{size}">{_tspans(words, block)}</text>')
    height = round(y + 30)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" role="img" aria-label="A digest in the channel {channel}" '
        'font-family="Lato, Helvetica, Arial, sans-serif" fill="#1d1c1d">\n'
        f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="8" fill="#fff" '
        'stroke="#ddd"/>\n'
        f'<text x="24" y="32" font-size="16" font-weight="700"># {channel}</text>\n'
        f'<path d="M0 48H{WIDTH}" stroke="#e8e8e8"/>\n'
        '<rect x="24" y="64" width="36" height="36" rx="6" fill="#1f3a5f"/>\n'
        '<path d="M34 83l6 6 11-13" fill="none" stroke="#fff" stroke-width="3.5"/>\n'
        f'<text x="{LEFT}" y="78" font-size="15" font-weight="700">opsbot'
        '<tspan dx="8" font-size="11" font-weight="400" fill="#616061">APP  09:00</tspan></text>\n'
    )
    return head + "\n".join(body) + "\n</svg>\n"


def _looks(block: dict[str, Any]) -> tuple[int, str, float]:
    """Size of the text, the text, and the space above."""
    match block["type"]:
        case "header":
            return 18, block["text"]["text"], 18
        case "context":
            return 12, "\n".join(e["text"] for e in block["elements"]), 8
    return 15, block["text"]["text"], 8


def _runs(line: str) -> Iterator[Run]:
    end = 0
    for found in _PIECE.finditer(line):
        yield _read(line[end : found.start()]), ""
        end = found.end()
        if mark := found["mark"]:
            yield "●", f'fill="{COLOURS[mark]}"'
        elif found["code"]:
            yield _read(found["code"]), 'font-family="monospace" fill="#c01343"'
        elif found["bold"]:
            yield _read(found["bold"]), 'font-weight="700"'
        else:
            yield _read(found["link"]), 'fill="#1264a3"'
    yield _read(line[end:]), ""


def _words(line: str) -> list[Word]:
    words: list[Word] = [[]]
    for text, style in _runs(line):
        for place, piece in enumerate(text.split(" ")):
            if place:
                words.append([])
            if piece:
                words[-1].append((piece, style))
    return [word for word in words if word]


def _read(text: str) -> str:
    for written, meant in _ESCAPED:
        text = text.replace(written, meant)
    return text


def _wrapped(words: list[Word], size: int) -> Iterator[list[Word]]:
    room = (WIDTH - LEFT - RIGHT) / (size * GLYPH)
    line: list[Word] = []
    taken = 0
    for word in words:
        width = sum(len(text) for text, _ in word) + 1
        if line and taken + width > room:
            yield line
            line, taken = [], 0
        line.append(word)
        taken += width
    if line:
        yield line


def _tspans(words: list[Word], block: dict[str, Any]) -> str:
    wide = {"header": 'font-weight="900"', "context": 'fill="#616061"'}.get(block["type"], "")
    inside = " ".join("".join(map(_tspan, word)) for word in words)
    return f"<tspan {wide}>{inside}</tspan>" if wide else inside


def _tspan(run: Run) -> str:
    text, style = escape(run[0]), run[1]
    return f"<tspan {style}>{text}</tspan>" if style else text


if __name__ == "__main__":
    main()
