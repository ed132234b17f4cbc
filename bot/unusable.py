"""What opsbot stands on and cannot use: one sentence for the operator, with what to do, without secrets."""

from config.errors import Entry


class CannotStartError(Exception):
    """Something outside opsbot must be put right first; the text says what, and names its entry."""

    def __init__(self, text: str, entry: Entry) -> None:
        super().__init__(f"{text} {entry}")
        self.entry = entry
