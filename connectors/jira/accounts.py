"""Who an account is: Jira Cloud and Data Center name people differently."""

from connectors.jira.checked import Checked
from rules.records import Person


def account_id(account: Checked) -> str | None:
    """Cloud's account id; on Data Center the user key, which never changes and which histories use too.

    Servers before 8.4 may leave the key out of places where they tell the user name: then that.
    """
    cloud, key, name = account.texts("accountId", "key", "name")
    return cloud or key or name


def person(account: Checked, source: str) -> Person:
    """An account as a record.

    Raises:
        UnexpectedAnswerError: it has no id of any kind.
    """
    key = account_id(account) or account["accountId"].text()
    return Person(
        source=source,
        id=key,
        key=key,
        name=account["displayName"].maybe_text() or key,
        email=account["emailAddress"].maybe_text(),
        active=account["active"].flag(absent=True),
        is_bot=account["accountType"].maybe_text() == "app",
        audience=f"jira:{source}",
    )
