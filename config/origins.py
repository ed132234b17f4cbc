"""Where each value of the resolved model was written: file, line, and the level it was inherited from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from config.inherit import Resolved
from config.mistakes import KeyPath, Place, dotted


@dataclass(frozen=True, slots=True)
class Origin:
    """A line of a file, and the dotted path that stands there: `defaults.tier` for an inherited tier."""

    file: str
    line: int
    said: str

    def __str__(self) -> str:
        return str(Place(self.file, self.line))


class Origins:
    """Looks up origins by path: "products.shop.work[0]" or ("products", "shop", "work", 0)."""

    def __init__(self, resolved: Resolved, places: Mapping[KeyPath, Place], file: str) -> None:
        self._resolved = resolved
        self._places = places
        self._file = file

    def of(self, path: str | KeyPath) -> Origin | None:
        """Where the value, or the `null` that cleared it, was written; None for what nobody wrote."""
        said = self._resolved.source(_parts(path))
        place = self._places.get(said)
        return Origin(place.file, place.line, dotted(said)) if place else None

    def near(self, path: str | KeyPath) -> Origin:
        """The same, or the nearest thing around it that was written."""
        parts = _parts(path)
        said = self._resolved.source(parts)
        for n in range(len(said), 0, -1):
            if place := self._places.get(said[:n]):
                return Origin(place.file, place.line, dotted(said))
        return Origin(self._file, 1, dotted(said))

    def lines(self, path: str) -> frozenset[str]:
        """Each file:line where something below this path was written."""
        above = _parts(path)
        return frozenset(
            self.short(Origin(place.file, place.line, dotted(parts)))
            for parts, place in self._places.items()
            if parts[: len(above)] == above
        )

    def short(self, origin: Origin) -> str:
        """file:line, the file as it is called inside the model's folder."""
        whole = str(origin)
        if origin.file == self._file:
            return whole.rpartition("/")[2]
        return whole.removeprefix(f"{self._file}/")


def _parts(path: str | KeyPath) -> KeyPath:
    if isinstance(path, tuple):
        return path
    found = re.findall(r"\[(\d+)\]|([^.\[\]]+)", path)
    return tuple(int(number) if number else word for number, word in found)
