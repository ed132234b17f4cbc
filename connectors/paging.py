"""Guards a walk over pages against a source that leads in circles or never ends."""

from typing import Any

import msgspec

from connectors.errors import UnexpectedAnswerError

EMPTY_PAGES = 20  # a page may be empty and not the last; so many in a row are a loop


class Walk:
    """One walk by tokens or `next` links. `what` names it in the message: Jira's pages of search/jql."""

    def __init__(self, what: str, empty_pages: int = EMPTY_PAGES) -> None:
        self._what = what
        self._empty_pages = empty_pages
        self._seen: set[str] = set()
        self._pages: set[int] = set()
        self._empty = 0

    def on_to(self, token: str, *, empty: bool = False, page: Any = None) -> None:
        """Go on to the page of that token; `empty` says that the page that led to it held nothing new.

        `page` is what it held, if given: one that equals an earlier one held nothing new.

        Raises:
            UnexpectedAnswerError: that page was there before, or too many pages in a row were empty.
        """
        if page:
            held = hash(msgspec.json.encode(page))
            empty = empty or held in self._pages
            self._pages.add(held)
        self._empty = self._empty + 1 if empty else 0
        if token in self._seen or self._empty > self._empty_pages:
            raise UnexpectedAnswerError(
                f"{self._what} lead in circles: they do not end.",
                "Check that the address is the tool's own and not a proxy's copy.",
            )
        self._seen.add(token)
