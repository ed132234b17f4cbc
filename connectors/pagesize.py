"""How many items to ask for at once: fewer after a failure, slowly more again, remembered over restarts."""

from connectors.learned import Learned
from connectors.transport import TRIES

RUN = 20  # answers in a row after which more is tried
HASTY = 2  # tries, where less can be asked for instead


class PageSize:
    """The size of the pages of one query, between `least` and `most`, known as page:<query>.

    A source that times out, answers 502 or 504, or gives only a part is asked for half. Where one size holds
    for long, a quarter more is tried, so that a bad hour does not slow all hours after it.
    """

    def __init__(self, learned: Learned, query: str, *, most: int, least: int = 1) -> None:
        self._learned = learned
        self._name = f"page:{query}"
        self._most = most
        self._least = least
        self._run = 0

    @property
    def size(self) -> int:
        """What to ask for now."""
        known = self._learned.number(self._name)
        return self._most if known is None else max(self._least, min(self._most, known))

    @property
    def tries(self) -> int:
        """How often to ask for it before it has failed: what can be halved is not asked for long."""
        return HASTY if self.size > self._least else TRIES

    def worked(self) -> None:
        """A page of this size came in full."""
        self._run += 1
        if self._run >= RUN:
            self._set(self.size + max(1, self.size // 4))

    def failed(self) -> bool:
        """A page of this size was too much; False where it is the smallest, so that the failure is told."""
        if self.size <= self._least:
            self._run = 0
            return False
        self._set(self.size // 2)
        return True

    def _set(self, size: int) -> None:
        self._run = 0
        size = max(self._least, min(self._most, size))
        if size == self._most:
            self._learned.forget(self._name)
        else:
            self._learned.put(self._name, size)
