"""What a source has taught us and need not teach again: page sizes that work, forms it takes, tags."""

from collections.abc import Mapping

Value = str | int | list[str]


class Learned:
    """Small values by name, loaded from the store before a sync and given back to it as they change.

    Losing them costs requests, never truth.
    """

    def __init__(self, values: Mapping[str, Value] | None = None) -> None:
        self._values: dict[str, Value] = dict(values or {})
        self._changed: dict[str, Value | None] = {}

    def load(self, values: Mapping[str, Value]) -> None:
        """Take over what the store knows; what was learned since and is not stored yet stays."""
        self._values = {**values, **{n: v for n, v in self._changed.items() if v is not None}}

    def text(self, name: str) -> str | None:
        """The text of that name, or None."""
        value = self._values.get(name)
        return value if isinstance(value, str) else None

    def number(self, name: str) -> int | None:
        """The number of that name, or None."""
        value = self._values.get(name)
        return value if isinstance(value, int) else None

    def texts(self, name: str) -> list[str]:
        """The texts of that name; none where nothing is known."""
        value = self._values.get(name)
        return value if isinstance(value, list) else []

    def put(self, name: str, value: Value) -> None:
        """Remember."""
        if self._values.get(name) != value:
            self._values[name] = self._changed[name] = value

    def forget(self, name: str) -> None:
        """Not true any more."""
        if self._values.pop(name, None) is not None:
            self._changed[name] = None

    def take_changes(self) -> dict[str, Value | None]:
        """What changed since this was asked last, None for what was forgotten: to be stored."""
        changed, self._changed = self._changed, {}
        return changed
