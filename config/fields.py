"""Which further fields of Jira an operating model asks for."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from config.words import JiraMatch


def asked_of_jira(model: BaseModel) -> tuple[str, ...]:
    """The fields that selectors anywhere in the model want filled, as the model writes them, each once."""
    return tuple(dict.fromkeys(_within(model)))


def _within(value: Any) -> Iterator[str]:
    if isinstance(value, JiraMatch):
        if value.has is not None:
            yield value.has
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _within(getattr(value, name))
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _within(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _within(one)
