"""From the text of a rule's expression to its parse tree, with mistakes told in words and a caret."""

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache

import lark

LONGEST = 2_000
"""Characters an expression may have."""

_WORDS = {
    "NAME": "a name",
    "NUMBER": "a number",
    "TEXT": "a 'text'",
    "COMPARE": "= <> < <= > >=",
    "PLUS": "+ - * /",
    "MINUS": "-",
    "TIMES": "+ - * /",
    "DIVIDE": "+ - * /",
    "TRUE": "true or false",
    "FALSE": "true or false",
    "LPAR": "(",
    "RPAR": ")",
    "COMMA": "a comma",
    "_NOT": "not",
    "_AND": "and",
    "_OR": "or",
    "_IN": "in",
    "_IS": "is null",
    "_NULL": "null",
    "_BETWEEN": "between",
    "$END": "the end",
}


class ExpressionError(ValueError):
    """A mistake in an expression: where it is, what it is, and what is allowed instead."""

    def __init__(
        self, text: str, line: int, column: int, message: str, *, allowed: Iterable[str] = (), hint: str = ""
    ) -> None:
        self.text = text
        self.line = line  # both count from 1
        self.column = column
        self.message = message
        self.allowed = tuple(allowed)
        self.hint = hint
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        parts = [self.message]
        if self.hint:
            parts.append(f"did you mean {self.hint}?")
        if self.allowed:
            parts.append(f"allowed: {', '.join(self.allowed)}")
        return "; ".join(parts)

    def shown(self) -> str:
        """The line of the mistake with a caret under the place, then the sentence."""
        line = self.text.split("\n")[self.line - 1].replace("\t", " ")
        start = max(0, self.column - 80)  # a very long line is shown from near the place
        return f"{line[start : start + 100]}\n{' ' * (self.column - 1 - start)}^ {self}"


def suggestion(word: str, known: Iterable[str]) -> str:
    """The known word that was probably meant, or nothing."""
    return next(iter(get_close_matches(word, list(known), n=1, cutoff=0.6)), "")


def syntax_tree(text: str) -> lark.Tree[lark.Token]:
    """The parse tree of an expression; raises ExpressionError. Nothing in it is checked yet."""
    if len(text) > LONGEST:
        raise ExpressionError(
            text[:LONGEST], 1, 1, f"the expression has {len(text)} characters, {LONGEST} are allowed"
        )
    if any("\ud800" <= character <= "\udfff" for character in text):
        readable = text.encode("utf-8", "replace").decode()
        raise ExpressionError(readable, 1, 1, "the expression holds half of a character (a lone surrogate)")
    if not text.strip():
        raise ExpressionError(text, 1, 1, "the expression is empty")
    try:
        parsed: lark.Tree[lark.Token] = _parser().parse(text)
    except lark.exceptions.UnexpectedToken as mistake:
        raise _unexpected_token(text, mistake) from None
    except lark.exceptions.UnexpectedCharacters as mistake:
        raise _unexpected_character(text, mistake) from None
    return parsed


@cache
def _parser() -> lark.Lark:
    return lark.Lark.open(
        "grammar.lark", rel_to=__file__, parser="lalr", propagate_positions=True, maybe_placeholders=False
    )


def _unexpected_token(text: str, mistake: lark.exceptions.UnexpectedToken) -> ExpressionError:
    terminals = mistake.accepts - {"MINUS"} if "PLUS" in mistake.accepts else mistake.accepts
    allowed = dict.fromkeys(_WORDS[terminal] for terminal in sorted(terminals))
    if mistake.token.type == "$END":
        lines = text.rstrip().split("\n")
        return ExpressionError(
            text, len(lines), len(lines[-1]) + 1, "the expression ends too early", allowed=allowed
        )
    return ExpressionError(
        text, mistake.line, mistake.column, f"{str(mistake.token)!r} cannot stand here", allowed=allowed
    )


def _unexpected_character(text: str, mistake: lark.exceptions.UnexpectedCharacters) -> ExpressionError:
    character = mistake.char
    if character == "'":
        message = "a text that starts here has no closing quote, or holds a control character"
        return ExpressionError(text, mistake.line, mistake.column, message)
    hint = "'…', a text stands in single quotes" if character == '"' else ""
    return ExpressionError(
        text, mistake.line, mistake.column, f"{character!r} is no part of the language", hint=hint
    )
