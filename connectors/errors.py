"""What can go wrong with a source, named by what to do about it, and the table that tells the rest."""

from datetime import datetime

from config.errors import Entry

CREDENTIALS = Entry(
    "source-credentials",
    "A tool does not accept who opsbot says it is, or no token is set.",
    "The token is wrong, expired or revoked, or belongs to another user or address.",
    "Make a new token as docs/jira.md or docs/github.md says, set it in `.env`, and run `opsbot doctor`.",
)
ACCESS = Entry(
    "source-access",
    "Signed in, but not allowed to see this.",
    "The account lacks a permission for a project, a repository or a field, or an administrator blocked "
    "the app.",
    "Give it the rights of docs/jira.md or docs/github.md, no more; `opsbot doctor` says which are missing.",
)
ABSENT = Entry(
    "source-absent",
    "A thing does not exist at the tool, or is hidden from the account.",
    "A name is misspelt, it was renamed or deleted, or the account may not know of it. Tools do not say "
    "which.",
    "Check the name in the operating model, then the account's access. What opsbot knows of it stays as "
    "it was.",
)
REMOVED = Entry(
    "source-removed",
    "The tool has removed the interface that opsbot asks.",
    "The vendor ended an old interface.",
    "Update opsbot.",
)
REQUEST = Entry(
    "source-request",
    "The tool refuses the request itself.",
    "The address of the source is not final (a redirect), a setting does not fit, or it is a mistake of "
    "opsbot.",
    "Write the final address as the source's URL. If it stays, report it with the line of the log.",
)
LIMIT = Entry(
    "source-limit",
    "The tool asks to wait.",
    "Its limit of requests is used up, perhaps by other programs that share the account or the token.",
    "Nothing: the next sync goes on where this one stopped. If it happens often, read the source less "
    "often (`every`), or give opsbot an account of its own.",
)
LATER = Entry(
    "source-later",
    "The tool is down or cannot be reached.",
    "An outage, a time-out, a broken connection, a proxy or a firewall.",
    "Nothing, if it passes: the next sync tries again, and until then verdicts become unknown, none is "
    "resolved. `opsbot doctor` asks at once.",
)
ANSWER = Entry(
    "source-answer",
    "The answer of a tool is not what the tool documents.",
    "A login page or proxy answered in its place, the answer was cut off, or the vendor changed its form.",
    "Open the address in a browser from the same machine. If it is really the tool, report it.",
)
PART = Entry(
    "source-part",
    "A part of a source could not be read; the rest was.",
    "One project, repository or item is out of sight, blocked, or was answered strangely.",
    "Do what the message says about that part. Until then nothing is concluded from its absence.",
)

KIND = Entry(
    "source-kind",
    "The sign-in does not fit the kind of Jira at this address.",
    "Jira Cloud is signed in to with an e-mail and an API token, Jira Data Center with a personal access "
    "token and without a user. Here it is the other way round.",
    "Set the source's user for Jira Cloud, remove it for Jira Data Center (docs/jira.md), and run "
    "`opsbot doctor`.",
)
CLOCK = Entry(
    "clock-apart",
    "The clock of this machine and that of a tool differ.",
    "The machine is not kept on time by a time server. Changes near the end of a sync could be missed, and "
    "Slack refuses what was signed too long ago.",
    "Switch on NTP, and run `opsbot doctor` again.",
)

ENTRIES = (CREDENTIALS, ACCESS, ABSENT, REMOVED, REQUEST, LIMIT, LATER, ANSWER, PART, KIND, CLOCK)


class ConnectorError(Exception):
    """A source could not be read. `what` is a sentence; `remedy` what a person can do, and the entry's name.

    `status` is the HTTP status where an answer with one was the cause: 451 and 301 mean something for one
    item or repository that they do not mean for the whole source.
    """

    retry = False
    status: int | None = None
    entry = REQUEST

    def __init__(self, what: str, remedy: str = "", *, entry: Entry | None = None) -> None:
        self.entry = entry or type(self).entry
        self.what = what
        self.remedy = f"{remedy} {self.entry}".strip()
        super().__init__(f"{what} {self.remedy}")


class FixCredentialsError(ConnectorError):
    """The source does not accept who we say we are (401); `reason` is its word for why, where it tells."""

    entry = CREDENTIALS
    reason = ""


class GrantAccessError(ConnectorError):
    """Signed in, but not allowed to see this (403)."""

    entry = ACCESS


class NotThereError(ConnectorError):
    """The thing does not exist or is hidden from us (404)."""

    entry = ABSENT


class UpgradeError(ConnectorError):
    """The source removed this interface (410): a newer opsbot is needed."""

    entry = REMOVED


class FixRequestError(ConnectorError):
    """The source refused the request itself (400 and other 4xx): a setting or a bug."""


class WaitError(ConnectorError):
    """The source asks us to wait (429, secondary limits, an outage that says when it ends)."""

    retry = True
    entry = LIMIT

    def __init__(
        self, what: str, remedy: str = "", *, until: datetime | None = None, entry: Entry | None = None
    ) -> None:
        super().__init__(what, remedy, entry=entry)
        self.until = until


class TryLaterError(ConnectorError):
    """The source is down or unreachable (5xx, timeouts, dropped connections)."""

    retry = True
    entry = LATER


class UnexpectedAnswerError(ConnectorError):
    """The answer is not what the source documents (HTML, cut JSON, wrong types): failed, not empty."""

    entry = ANSWER
