"""The page: everything it promises stands on it, and nothing foreign does anything."""

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import page_views as pages
import pytest
import slack_views as views

from bot.page.render import CHANGES, page_html, policy, trouble_html
from bot.page.views import Group
from rules.views import Placed, RawChange, Tried


class Read(HTMLParser):
    """Elements, ids and links of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        found = dict(attrs)
        self.attributes |= set(found)
        self.ids += [found["id"] or ""] if "id" in found else []
        self.links += [found["href"] or ""] if "href" in found else []


def text_of(html: str) -> str:
    body = html.partition("</style>")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_the_head_counts_and_says_how_old_each_source_is() -> None:
    text = text_of(page_html(pages.page()))
    for said in ("critical 1", "high 4", "inherited 3", "waived 1", "unknown 1"):
        assert said in text
    assert "Jira read 6 min ago" in text
    assert "GitHub never read completely; nothing is concluded from it" in text


def test_stale_data_is_called_stale() -> None:
    status = views.status(sources=(views.STALE_GITHUB,))
    assert "stale: 3 h old; nothing from it is called resolved" in page_html(pages.page(status=status))


def test_health_is_a_number_a_word_and_where_the_points_went_or_why_there_is_none() -> None:
    text = text_of(page_html(pages.page()))
    assert "76 fair" in text
    assert "12.0 flow-aging-wip : 4 of 11 fail" in text
    assert "Not enough data 3 judged; a number needs 10." in text


def test_a_line_of_a_digest_leads_to_its_finding_down_to_the_raw_change() -> None:
    html = page_html(pages.page())
    assert '<a href="#finding-f-1">BOOK-412</a>' in html
    finding = html[html.index('<article id="finding-f-1"') : html.index("</article>")]
    text = text_of("</style>" + finding)
    for said in (
        "What to do: Swarm it",
        "age_days = 12",
        "rules/catalog/flow.yaml:12",
        "12 - id: flow-aging-wip",
        "status To Do → In Progress",
        "flagged nothing → yes by somebody",
        "labels lanes",
    ):
        assert said in text
    assert "resolution" not in text, "what a record does not say is left out"


def test_of_several_findings_about_a_key_the_line_leads_to_the_one_it_tells() -> None:
    other = pages.entry(id="f-9", says="BOOK-412 has no owner.")
    group = Group("booking-portal", "Booking portal", (other, pages.entry()))
    assert '<a href="#finding-f-1">BOOK-412</a>' in page_html(pages.page(groups=(group,)))


def test_ids_are_unique_and_every_anchor_leads_somewhere() -> None:
    read = Read(page_html(pages.page()))
    assert len(read.ids) == len(set(read.ids))
    assert {link[1:] for link in read.links if link.startswith("#")} <= set(read.ids)


def test_waived_unknown_rules_and_commands_are_listed() -> None:
    text = text_of(page_html(pages.page()))
    assert "Until 2026-12-11: Waits for the customs office" in text
    assert "BOOK-9: sle_days is not known. To know it: Declare it." in text
    assert "About work items where state = 'active'" in text.replace("&#39;", "'")
    assert "opsbot try waiver A waiver, refused and granted." in text


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}",
    "a\u202egnp.exe\u200b",
    "x" * 100_000,
    "<!--",
    "</style><script>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_inert(text: str) -> None:
    about = pages.about(
        key=text,
        title=text,
        url="javascript:alert(1)",
        changes=(RawChange(views.NOW, text, text, text, text),),
        record={text: text, "labels": [text]},
    )
    entry = pages.entry(key=text, title=text, says=text, fix=text, url="javascript:alert(1)", about=about)
    group = Group(text, text, (entry,))
    html = page_html(pages.page(company=text, groups=(group,), posts=(), command=text))
    read = Read(html)
    assert not read.elements & {"script", "img", "iframe", "object", "form"}
    assert not any(name.startswith("on") for name in read.attributes)
    assert not [link for link in read.links if not link.startswith(("#", "https://"))]
    assert "49" not in text_of(html).split()
    assert "\u202e" not in html
    assert len(html) < 200_000


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    html = page_html(pages.page())
    read = Read(html)
    assert not read.elements & {"script", "link", "img", "iframe"}
    assert not read.attributes & {"style", "src", "srcset"}
    assert "url(" not in html
    assert "@import" not in html
    assert policy("x") == (
        "default-src 'none'; style-src 'sha256-LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE=';"
        " base-uri 'none'; form-action 'none'"
    )


def test_long_changelogs_show_the_latest_changes_and_how_many_are_missing() -> None:
    many = tuple(
        RawChange(views.NOW + timedelta(minutes=n), None, "rank", str(n), str(n + 1))
        for n in range(CHANGES + 5)
    )
    entry = pages.entry(about=pages.about(changes=many))
    html = page_html(pages.page(groups=(Group("p", "P", (entry,)),)))
    assert "5 earlier changes are not shown" in html
    assert html.count("<b>rank</b>") == CHANGES


def test_findings_beyond_the_limit_are_lines_with_a_command() -> None:
    html = page_html(pages.page(further=(pages.entry(id="f-3"),), left_out=1_000))
    assert "opsbot explain f-3" in html
    assert "1,000 beyond these are not on this page" in html


def test_an_empty_store_says_what_to_do() -> None:
    empty = replace(
        pages.page(),
        status=views.status(judged_at=None, sources=(), open={}),
        products={},
        posts=(),
        silent=(),
        groups=(),
        waived=(),
        rules=(),
        unknown=(),
    )
    text = text_of(page_html(empty))
    for said in (
        "not judged yet",
        "No source is read on a schedule",
        "names no product",
        "there is nothing to tell: opsbot sync",
        "judge with opsbot judge",
        "Nothing is waived",
        "No rule has judged anything yet",
    ):
        assert said in text


def test_a_judged_store_without_findings_or_digests_says_so() -> None:
    text = text_of(page_html(pages.page(groups=(), posts=(), unknown=(), reader="#prod-booking")))
    assert "Nothing is open that #prod-booking may see" in text
    assert "Every check could be decided" in text
    assert "Digests are asked for in the operating model" in text


def test_a_finding_without_reasons_says_where_to_ask() -> None:
    entry = pages.entry(explained=None, about=None)
    assert "Its reasons cannot be shown" in page_html(pages.page(groups=(Group("p", "P", (entry,)),)))


def test_trouble_is_told_as_text() -> None:
    assert "&lt;b&gt;\n" not in trouble_html("<b>")
    assert "&lt;b&gt;" in trouble_html("<b>")


def test_what_has_no_product_tells_the_selectors_that_were_tried_and_what_came_near() -> None:
    tried = Tried("products/billing.yaml:12", "label billing", False, "its labels are bilings")
    placed = Placed("no selector matches", None, (tried,), "label bilings is close to billing")
    entry = pages.entry(about=pages.about(placed=placed))
    text = text_of(page_html(pages.page(groups=(Group("p", "P", (entry,)),))))
    assert "How its product was found: no selector matches" in text
    assert "label billing: its labels are bilings" in text
    assert "Nearest miss: label bilings is close to billing" in text
