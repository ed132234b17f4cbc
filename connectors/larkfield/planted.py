"""The work that is in trouble in Larkfield's last weeks; troubles.py says what is wrong with it."""

from dataclasses import dataclass

from connectors.larkfield.world import Verdict


@dataclass(frozen=True, slots=True)
class Story:
    """A planted issue. `then` is (when, who, field, value); `is blocked by` links stand on both issues."""

    key: str
    kind: str
    title: str
    created: str
    reporter: str
    then: tuple[tuple[str, str, str, str | None], ...] = ()
    components: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    priority: str = "Medium"


def _taken(when: str, who: str) -> tuple[tuple[str, str, str, str | None], ...]:
    return ((when, who, "assignee", who), (when, who, "status", "In Progress"))


def _done(when: str, who: str) -> tuple[tuple[str, str, str, str | None], ...]:
    return ((when, who, "status", "Done"), (when, who, "resolution", "Done"))


STORIES = (
    # No product
    Story(
        "OPS-231",
        "Task",
        "Rota tool for the Duisburg night shift",
        "11-11 09:20",
        "gia",
        _taken("11-12 10:00", "hana"),
    ),
    Story(
        "OPS-236",
        "Task",
        "Collect customs papers for the Swiss lanes",
        "11-16 14:10",
        "chi",
        _taken("11-17 09:30", "ana"),
    ),
    Story(
        "OPS-238",
        "Task",
        "New opening hours of the Malmö depot",
        "11-18 13:00",
        "finn",
        _taken("11-19 10:00", "eva"),
    ),
    Story(
        "OPS-241",
        "Task",
        "Move the claims mailbox to the new address",
        "11-20 11:00",
        "gia",
        _taken("11-20 12:30", "hana"),
    ),
    # Growing old
    Story(
        "TRK-548",
        "Story",
        "Predict the arrival time for refrigerated trailers on the Brenner",
        "10-02 08:40",
        "ana",
        (
            *_taken("10-12 05:10", "eva"),
            ("11-04 10:20", "eva", "comment", "The model still misses the night bans."),
        ),
        ("Arrival",),
    ),
    Story(
        "BOOK-931",
        "Story",
        "Prefill the customs note from the last booking of a lane",
        "11-02 10:12",
        "ana",
        (*_taken("11-05 10:00", "chi"), ("11-13 14:20", "chi", "status", "In Review")),
        ("Lanes",),
    ),
    Story(
        "TRK-481",
        "Epic",
        "Arrival times on rail legs",
        "09-07 07:30",
        "dev",
        _taken("09-25 06:00", "dev"),
        ("Arrival",),
    ),
    # Blocked
    Story(
        "PAY-664",
        "Story",
        "Send the haulier's self-bill with its waiting-time charge",
        "11-05 09:50",
        "finn",
        (
            *_taken("11-16 09:05", "gia"),
            ("11-16 13:00", "gia", "flagged", "yes"),
            ("11-16 13:00", "gia", "comment", "The bank has not confirmed the new reference format."),
        ),
        ("Invoices",),
    ),
    Story(
        "PLAT-634",
        "Story",
        "Open the event stream to the tracking workers",
        "11-09 12:30",
        "dev",
        (),
        ("Deploy",),
    ),
    Story(
        "TRK-633",
        "Story",
        "Store the door event without the nightly batch",
        "11-10 07:45",
        "dev",
        (*_taken("11-16 08:20", "eva"), ("11-16 10:00", "eva", "is blocked by", "PLAT-634")),
        ("Positions",),
    ),
    Story(
        "PAY-697",
        "Bug",
        "Toll is posted to the wrong cost centre for split loads",
        "11-11 08:30",
        "chi",
        (*_taken("11-12 09:10", "finn"), *_done("11-17 10:00", "finn")),
        ("Ledger",),
    ),
    Story(
        "BOOK-962",
        "Story",
        "Show the toll in the price breakdown of split loads",
        "11-06 09:15",
        "ana",
        (
            *_taken("11-16 08:30", "nc-lee"),
            ("11-16 11:40", "nc-lee", "is blocked by", "PAY-697"),
            ("11-16 11:42", "nc-lee", "status", "On Hold"),
        ),
        ("Quotes",),
    ),
    Story(
        "PLAT-645",
        "Story",
        "Restore the database copy in under an hour",
        "11-10 13:00",
        "omar",
        (
            *_taken("11-17 08:30", "eva"),
            ("11-17 14:00", "eva", "flagged", "yes"),
            ("11-17 14:00", "eva", "comment", "The storage quota is used up; omar has asked for more."),
            ("11-23 13:20", "omar", "flagged", None),
            ("11-23 13:21", "omar", "comment", "Quota raised to 4 TB."),
        ),
        ("Observability",),
    ),
    Story(
        "BOOK-993",
        "Story",
        "Let shippers copy the dock contact to the next booking",
        "11-12 10:40",
        "ana",
        (
            *_taken("11-17 09:20", "chi"),
            ("11-19 10:00", "chi", "flagged", "yes"),
            ("11-19 10:00", "chi", "comment", "Waiting for the works council's answer on storing names."),
        ),
        ("Account",),
    ),
    # Nobody's
    Story(
        "PAY-682",
        "Story",
        "Remind of the payment term before the weekend",
        "11-09 11:10",
        "finn",
        (*_taken("11-18 09:15", "finn"), ("11-19 11:00", "ana", "assignee", None)),
        ("Dunning",),
    ),
    Story(
        "BOOK-1019",
        "Story",
        "Check the loading reference after sign-in of a colleague",
        "11-17 09:10",
        "chi",
        (("11-19 09:30", "chi", "status", "In Progress"), ("11-23 09:40", "bo", "assignee", "bo")),
        ("Account",),
    ),
    Story(
        "PLAT-671",
        "Story",
        "Alert on the certificate of the preview environment",
        "11-18 09:00",
        "omar",
        (("11-23 10:00", "omar", "status", "In Progress"),),
        ("Observability",),
    ),
    # Too much at once: these two are what fills booking's board, besides the four above
    Story(
        "BOOK-300",
        "Epic",
        "One-minute booking for repeat shippers",
        "03-26 09:00",
        "bo",
        (("10-19 08:10", "bo", "assignee", "bo"), ("10-19 08:12", "bo", "status", "In Progress")),
        ("Checkout",),
    ),
    Story(
        "BOOK-412",
        "Experiment",
        "One click on a saved lane: do shippers book again?",
        "04-27 13:20",
        "ana",
        (("11-16 09:30", "chi", "assignee", "chi"), ("11-16 09:32", "chi", "status", "In Progress")),
        ("Lanes",),
    ),
)


@dataclass(frozen=True, slots=True)
class Change:
    """A planted pull request. `reviews` is (when, who, verdict)."""

    key: str
    item: str | None
    title: str
    author: str
    ready: str
    asked: str
    paths: tuple[str, ...]
    lines: int
    reviews: tuple[tuple[str, str, Verdict], ...] = ()
    merged: str | None = None
    labels: tuple[str, ...] = ()


CHANGES = (
    # Merged without independent approval
    Change(
        "larkfield/booking-api#162",
        "BOOK-962",
        "Carry the toll through the quote",
        "nc-lee",
        "11-18 13:40",
        "bo",
        ("booking/quotes.py",),
        64,
        merged="11-18 14:05",
    ),
    Change(
        "larkfield/billing#391",
        "PAY-697",
        "Post the toll of a split load to its own cost centre",
        "finn",
        "11-12 09:40",
        "gia",
        ("ledger/export.py",),
        38,
        (("11-12 10:10", "gia", "COMMENTED"),),
        merged="11-12 10:30",
    ),
    Change(
        "larkfield/carrier-api#241",
        "BOOK-931",
        "Return the customs note of a lane",
        "nc-roy",
        "11-19 14:10",
        "chi",
        ("carrier/offers.py",),
        121,
        (("11-20 09:30", "chi", "APPROVED"),),
        merged="11-19 15:00",
    ),
    Change(
        "larkfield/booking-web#238",
        "BOOK-1019",
        "Keep the loading reference",
        "bo",
        "11-23 13:30",
        "nc-roy",
        ("src/form",),
        47,
        merged="11-23 14:10",
    ),
    Change(
        "larkfield/booking-web#231",
        None,
        "Update vite to 9.2.1",
        "renovate",
        "11-20 03:12",
        "bo",
        ("web/package-lock.json",),
        212,
        merged="11-20 03:40",
        labels=("dependencies",),
    ),
    # Waiting for a first review
    Change(
        "larkfield/platform-deploy#268",
        "PLAT-645",
        "Restore copies in parallel",
        "eva",
        "11-17 13:00",
        "omar",
        ("deploy/promote.sh",),
        156,
    ),
    Change(
        "larkfield/booking-web#226",
        "BOOK-412",
        "A button on every saved lane",
        "chi",
        "11-19 09:00",
        "bo",
        ("src/lanes",),
        203,
    ),
    Change(
        "larkfield/carrier-api#238",
        "BOOK-993",
        "Return the dock contact",
        "nc-lee",
        "11-19 13:00",
        "chi",
        ("carrier/slots.py",),
        58,
        (("11-23 10:30", "chi", "CHANGES_REQUESTED"),),
    ),
    Change(
        "larkfield/billing#402",
        "PAY-664",
        "Waiting time on the self-bill",
        "gia",
        "11-20 10:00",
        "finn",
        ("invoice/run.py",),
        92,
    ),
)
