"""The table of errors: what each means, why it happens, and what a person does about it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind of error; messages end with its name in brackets, and docs/errors.md explains it."""

    name: str  # model-unknown-key
    means: str
    cause: str
    cure: str

    def __str__(self) -> str:
        return f"[{self.name}]"
