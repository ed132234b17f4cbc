"""In which characters a file is written, found from the file itself, wherever its first odd byte stands."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from charset_normalizer import from_bytes

from connectors.errors import UnexpectedAnswerError
from connectors.file.refusals import ENCODING, refusal

PIECE = 1 << 16
SAMPLE = 1 << 16  # bytes of lines with characters beyond ASCII: enough to tell, whatever the file's size
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
ZEROS: dict[tuple[bool, ...], str] = {
    (True, False, True, False): "utf-16-be",
    (False, True, False, True): "utf-16-le",
}
"""Where ASCII letters have their zeros, without a mark."""
WORDS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with a mark",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 without a mark",
    "utf-16-be": "UTF-16 without a mark",
    "utf-32": "UTF-32",
    "cp1252": "Windows-1252",
    "cp932": "Shift_JIS",
}
SURE = {"cp1250", "cp1251", "koi8_r", "euc_jp", "euc_kr", "gb18030", "big5", "iso8859_2", "iso8859_5"}
"""What charset-normalizer may decide: encodings of whole languages, none that fits by accident."""

_BEYOND = re.compile(rb"[^\n]*[\x80-\xff][^\n]*")
_LETTER = "A-Za-zÀ-ÖØ-öø-ÿŒœŠšŽžŸ"
_SIGNS = "\u2018-\u201a\u201c-\u201e\u2039\u203a\u2013\u2014\u2026\u2022\u20ac\u2122"  # quotes, dashes, €, ™
_LATIN = "\xa0\xa1\xa3\xa7\xa9\xaa\xab\xae\xb0\xb2-\xb4\xb7\xba\xbb\xbf"  # ¡ £ § © « ® ° ² · » ¿
_WEST = re.compile(rf"[{_LETTER}{_SIGNS}{_LATIN}\s\x20-\x7e]*")
_LONELY = re.compile(rf"(?<![{_LETTER}])(?![àéóÀÉÓ])[À-ÖØ-öø-ÿ](?![{_LETTER}])|[À-ÖØ-öø-ÿ]{{4,}}")
_KANA = re.compile(r"[\u3041-\u30ff]")


@dataclass(frozen=True, slots=True)
class Encoding:
    """The name Python has for it."""

    codec: str

    @property
    def words(self) -> str:
        """The name a person knows."""
        return WORDS.get(self.codec, self.codec)

    def open(self, path: Path) -> TextIO:
        """The file as text, its line ends as they are; a byte that does not fit raises UnicodeDecodeError."""
        return path.open(encoding=self.codec, newline="")


def detect(path: Path) -> Encoding:
    """The encoding of the whole file: its mark, UTF-8 where it is that, else what its odd lines are alone.

    Raises:
        UnexpectedAnswerError: none fits, or two do; the message names the first line that is in question.
    """
    with path.open("rb") as file:
        codec = by_beginning(file.read(4))
    if codec is not None:
        return Encoding(codec)
    odd = _odd(path)
    if odd is None:
        return Encoding("utf-8")
    line, sample = odd
    if _mostly_utf8(sample):
        what = f" is UTF-8, but line {line} is not"
        raise refusal(path, f"{what}.", "Repair that line, or export again.", ENCODING)
    found = _decide(sample)
    if found is None:
        what = f":{line}: the characters beyond ASCII are in no encoding that can be told for certain."
        raise refusal(path, what, "", ENCODING)
    return Encoding(found)


def by_beginning(head: bytes) -> str | None:
    """The encoding that the first four bytes tell for certain."""
    for mark, codec in MARKS:
        if head.startswith(mark):
            return codec
    return ZEROS.get(tuple(byte == 0 for byte in head[:4]))


def broken_line(path: Path, encoding: Encoding) -> int:
    """The first line that is not in this encoding, counted from 1; 0 where lines cannot be told apart."""
    if encoding.codec.startswith(("utf-16", "utf-32")):
        return 0
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            try:
                raw.decode(encoding.codec)
            except UnicodeDecodeError:
                return number
    return 0


def undecodable(path: Path, encoding: Encoding) -> UnexpectedAnswerError:
    """The refusal of a file that is not, after all, in the encoding it began in."""
    line = broken_line(path, encoding)
    where = f":{line}: this line" if line else " has a part that"
    return refusal(path, f"{where} is not {encoding.words} as what comes before it.", "", ENCODING)


def _odd(path: Path) -> tuple[int, bytes] | None:
    """The first line that is not UTF-8, and a sample of the lines beyond ASCII; None where all is UTF-8."""
    first = None
    sample = bytearray()
    for number, piece in _pieces(path):
        if piece.isascii():
            continue
        if first is None:
            first = _not_utf8(number, piece)
        if len(sample) < SAMPLE:
            for match in _BEYOND.finditer(piece):
                sample += match[0][: SAMPLE // 8] + b"\n"
                if len(sample) >= SAMPLE:
                    break
        elif first is not None:
            break
    if first is None:
        return None
    return first, bytes(sample[: sample.rindex(b"\n")])


def _pieces(path: Path) -> Iterator[tuple[int, bytes]]:
    """The file in pieces that end with a line, each with the number of its first line."""
    number, rest = 1, b""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            whole, end, rest_ = (rest + piece).rpartition(b"\n")
            rest = rest_
            if end or len(rest) > PIECE:
                if not end:
                    whole, rest = rest, b""
                yield number, whole + end
                number += whole.count(b"\n") + len(end)
    if rest:
        yield number, rest


def _not_utf8(number: int, piece: bytes) -> int | None:
    try:
        piece.decode()
    except UnicodeDecodeError as error:
        return number + piece.count(b"\n", 0, error.start)
    return None


def _mostly_utf8(sample: bytes) -> bool:
    lines = sample.split(b"\n")
    good = sum(1 for line in lines if _not_utf8(1, line) is None and not line.isascii())
    return good > len(lines) / 2


def _decide(sample: bytes) -> str | None:
    japanese, western = _japanese(sample), _western(sample)
    if japanese != western:
        return "cp932" if japanese else "cp1252"
    best = None if japanese else from_bytes(sample).best()
    if best is not None and best.encoding in SURE and best.coherence > 0.1 and best.chaos < 0.1:
        return best.encoding
    return None


def _japanese(sample: bytes) -> bool:
    """Kana are in any Japanese text, and hardly in what only happens to decode."""
    try:
        text = sample.decode("cp932")
    except UnicodeDecodeError:
        return False
    beyond = sum(1 for char in text if not char.isascii())
    return len(_KANA.findall(text)) >= beyond / 10


def _western(sample: bytes) -> bool:
    """Letters with accents stand within words, and everything else is what Windows writes in the West."""
    try:
        text = sample.decode("cp1252")
    except UnicodeDecodeError:
        return False
    if _WEST.fullmatch(text) is None:
        return False
    beyond = sum(1 for char in text if not char.isascii())
    return len(_LONELY.findall(text)) <= beyond / 10
