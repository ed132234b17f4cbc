"""What can go wrong with a source, named by what to do about it."""

from datetime import datetime


class ConnectorError(Exception):
    """A source could not be read. `what` is one sentence; `remedy` says what a person can do.

    `status` is the HTTP status where an answer with one was the cause: 451 and 301 mean something for one
    item or repository that they do not mean for the whole source.
    """

    retry = False
    status: int | None = None

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(f"{what} {remedy}".strip())
        self.what = what
        self.remedy = remedy


class FixCredentialsError(ConnectorError):
    """The source does not accept who we say we are (401); `reason` is its word for why, where it tells."""

    reason = ""


class GrantAccessError(ConnectorError):
    """Signed in, but not allowed to see this (403)."""


class NotThereError(ConnectorError):
    """The thing does not exist or is hidden from us (404)."""


class UpgradeError(ConnectorError):
    """The source removed this interface (410): a newer opsbot is needed."""


class FixRequestError(ConnectorError):
    """The source refused the request itself (400 and other 4xx): a setting or a bug."""


class WaitError(ConnectorError):
    """The source asks us to wait (429, secondary limits)."""

    retry = True

    def __init__(self, what: str, remedy: str = "", *, until: datetime | None = None) -> None:
        super().__init__(what, remedy)
        self.until = until


class TryLaterError(ConnectorError):
    """The source is down or unreachable (5xx, timeouts, dropped connections)."""

    retry = True


class UnexpectedAnswerError(ConnectorError):
    """The answer is not what the source documents (HTML, cut JSON, wrong types): failed, not empty."""
