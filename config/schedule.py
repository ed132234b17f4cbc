"""When a digest is due: "weekdays 09:00" and its like, turned into a line that a cron clock understands."""

import re
from datetime import UTC, datetime

from cronsim import CronSim, CronSimError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ORDINALS = {"first": "#1", "second": "#2", "third": "#3", "fourth": "#4", "last": "L"}
_DAYS = "|".join(WEEKDAYS)
_AT = re.compile(
    rf"(?:(?P<word>daily|weekdays)|(?P<days>(?:{_DAYS})(?:,(?:{_DAYS}))*)"
    rf"|monthly (?P<nth>{'|'.join(_ORDINALS)})-(?P<day>{_DAYS})) (?P<hour>\d\d?):(?P<minute>\d\d)",
    re.IGNORECASE,
)
_ANY_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)  # only so that the line is looked at
ALLOWED = (
    "a time is daily 09:30, weekdays 09:00, Mon 09:00, Mon,Thu 09:00, monthly first-Mon 10:00 "
    "(or second, third, fourth, last), or a cron line of five fields"
)


def cron_line(at: str) -> str:
    """Turn "weekdays 09:00" into "0 9 * * 1-5"; a cron line stays as it is.

    Times are local to the calendar that the schedule runs in. Raises ValueError that says what is allowed.
    """
    line = _spelled_out(at) or at
    if len(line.split()) != 5:  # the cron clock would take a sixth for seconds
        raise ValueError(ALLOWED)
    try:
        CronSim(line, _ANY_MOMENT)
    except CronSimError:
        raise ValueError(ALLOWED) from None
    return line


def _spelled_out(at: str) -> str | None:
    match = _AT.fullmatch(at.strip())
    if match is None:
        return None
    time = f"{int(match['minute'])} {int(match['hour'])}"
    if match["word"]:
        return f"{time} * * {'*' if match['word'].lower() == 'daily' else '1-5'}"
    if match["days"]:
        return f"{time} * * {','.join(_number(d) for d in match['days'].split(','))}"
    return f"{time} * * {_number(match['day'])}{_ORDINALS[match['nth'].lower()]}"


def _number(day: str) -> str:
    return str(WEEKDAYS.index(day.lower()) + 1)
