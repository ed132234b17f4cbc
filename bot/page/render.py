"""The page as one HTML file that needs nothing else: no request, no script. Pure, from views to text.

Every value that a template shows is cleaned (nothing invisible, nothing that turns the reading direction),
cut and escaped on its way out; only what is made here as markup stays markup.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import jinja2
from markupsafe import Markup, escape

from bot.page.blocks import Inside, message_html, web_address
from bot.page.excerpts import mentioned
from bot.page.views import Entry, Page, Post
from bot.slack.messages import age, day, plural
from bot.slack.text import clean, cut
from rules.findings import Severity
from rules.views import RawChange, SourceAge

LONGEST = 600
"""Characters of one foreign text."""
CHANGES = 40
"""Changes of a record that are shown, the latest."""


def page_html(page: Page) -> str:
    """The whole file."""
    environment = _environment(page.now)
    style = environment.get_template("style.html").render()
    inside = _inside(page)

    def posted(post: Post) -> Markup:
        return message_html(post.message, inside)

    return environment.get_template("page.html").render(
        page=page,
        style=Markup(style),  # noqa: S704 - our own file, without a value in it
        policy=policy(style),
        posted=posted,
        severities=tuple(reversed(Severity)),
    )


def policy(style: str = "") -> str:
    """The content security policy: nothing is loaded, nothing runs, and only our own style applies."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def trouble_html(sentence: str) -> str:
    """A page that says why there is no page."""
    return (
        _environment(datetime.min.replace(tzinfo=UTC)).get_template("trouble.html").render(sentence=sentence)
    )


@lru_cache(maxsize=1)  # compiling the templates takes longer than filling them
def _environment(now: datetime) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("bot.page"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    filters: dict[str, Callable[..., object]] = {
        "address": web_address,
        "capital": lambda text: text[:1].upper() + text[1:],
        "kept": _kept,
        "moment": lambda at: _moment(at, now),
        "places": mentioned,
        "short": lambda text, limit=160: _brief(text, limit),
        "source": lambda source: _source(source, now),
        "value": lambda value: _value(value, now),
        "latest": _latest,
        "filled": _filled,
    }
    environment.filters |= filters
    environment.globals["plural"] = plural
    return environment


def _shown(value: object) -> object:
    """A value on its way into the page."""
    if isinstance(value, Markup):
        return value
    return _brief(value, LONGEST) if isinstance(value, str) else value


def _brief(text: str, limit: int) -> str:
    return cut(clean(text[: 2 * limit]), limit)  # cleaning looks at each character, so not at 100,000


def _kept(text: str) -> Markup:
    """A line of a file with its spaces."""
    return escape("".join(c if c == " " else clean(c) for c in text))


def _inside(page: Page) -> Inside:
    """Leads from a link of a digest to its finding: by key, of several to the one whose sentence is there."""
    by_key: dict[str, list[Entry]] = {}
    for entry in (*(e for g in page.groups for e in g.entries), *(w.entry for w in page.waived)):
        by_key.setdefault(clean(entry.key), []).append(entry)

    def anchor(label: str, text: str) -> str | None:
        candidates = by_key.get(clean(label), [])
        said = [e for e in candidates if cut(clean(e.says), 200).rstrip("…") in text]
        found = next(iter(said or candidates), None)
        return f"#finding-{found.id}" if found else None

    return anchor


def _moment(at: datetime, now: datetime) -> str:
    local = at.astimezone(now.tzinfo)
    return f"{day(local)} {local.year}, {local:%H:%M}"


def _source(source: SourceAge, now: datetime) -> str:
    """How old a source's data is, in words."""
    if source.synced_at is None:
        return "never read completely; nothing is concluded from it"
    old = age(now - source.synced_at)
    if source.stale:
        return f"stale: {old} old; nothing from it is called resolved"
    return "read just now" if old == "0 min" else f"read {old} ago"


def _value(value: object, now: datetime) -> str:
    """A value of a fact or a record as people read it."""
    match value:
        case None:
            return "not known"
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:,.2f}".rstrip("0").rstrip(".")
        case datetime():
            return _moment(value, now)
        case date():
            return value.isoformat()
        case Mapping():
            return ", ".join(f"{name}: {_value(one, now)}" for name, one in value.items()) or "none"
        case list() | tuple():
            return ", ".join(_value(one, now) for one in value) or "none"
    return str(value)


def _latest(changes: Sequence[RawChange]) -> Sequence[RawChange]:
    return changes[-CHANGES:]


def _filled(record: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a record that say something."""
    return {name: value for name, value in record.items() if value not in (None, "", [], {}, ())}
