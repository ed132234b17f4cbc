"""What GitHub charges for a query: the connections asked for times the nodes they hang on, by the hundred."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

TOKEN = re.compile(r'"[^"]*"|\.\.\.|[{}()\[\]]|[$@]?\w+|[:!=]')


def cost(query: str, variables: Mapping[str, Any]) -> int:
    """The points of a query: requests to connections divided by 100 and rounded, at the least one.

    What `@include` leaves out costs nothing here. Limits are numbers in the query, as ours are.
    """
    told = TOKEN.findall(re.sub(r"#[^\n]*", "", query))
    reading = _Reading(told, variables)
    return max(1, int(reading.requests() / 100 + 0.5))


class _Reading:
    """A walk over the tokens of a query."""

    def __init__(self, tokens: Sequence[str], variables: Mapping[str, Any]) -> None:
        self._tokens = tokens
        self._variables = variables
        begins = [at for at, word in enumerate(tokens) if word == "fragment"]
        self._fragments = {tokens[at + 1]: tokens.index("{", at) for at in begins}

    def requests(self) -> int:
        """How often a connection is asked, at the worst."""
        if "{" not in self._tokens:
            return 0
        return self._selection(self._tokens.index("{", self._after_variables()), 1)[0]

    def _after_variables(self) -> int:
        at = next((n for n, word in enumerate(self._tokens) if word in {"(", "{"}), 0)
        return self._closed(at) if self._tokens[at] == "(" else at

    def _closed(self, at: int) -> int:
        """The place after the bracket that closes the one at this place."""
        depth = 0
        while True:
            depth += (self._tokens[at] in "([{") - (self._tokens[at] in ")]}")
            at += 1
            if depth == 0:
                return at

    def _selection(self, at: int, parents: int) -> tuple[int, int]:
        """The requests of a selection in braces that hangs on so many nodes, and the place after it."""
        total, at = 0, at + 1
        while self._tokens[at] != "}":
            if self._tokens[at] == "..." and self._tokens[at + 1] != "on":
                total += self._selection(self._fragments[self._tokens[at + 1]], parents)[0]
                at += 2
                continue
            at += 3 if self._tokens[at] == "..." else 1
            more, at = self._field(at, parents)
            total += more
        return total, at + 1

    def _field(self, at: int, parents: int) -> tuple[int, int]:
        """The requests of a field whose name was read: its arguments, directives and selection."""
        own, below, included = 0, parents, True
        while self._tokens[at] in {"(", ":", "@include"}:
            if self._tokens[at] == "(":
                end = self._closed(at)
                inside = self._tokens[at:end]
                if "first" in inside or "last" in inside:
                    limit = inside[inside.index("first" if "first" in inside else "last") + 2]
                    own, below = parents, parents * int(limit)
                elif "ids" in inside:
                    below = parents * len(self._variables.get("ids", ()))
                at = end
            elif self._tokens[at] == "@include":
                end = self._closed(at + 1)
                included = bool(self._variables.get(self._tokens[end - 2].removeprefix("$")))
                at = end
            else:
                at += 2  # an alias: the name follows
        if self._tokens[at] == "{":
            inner, at = self._selection(at, below)
            own += inner
        return own if included else 0, at
