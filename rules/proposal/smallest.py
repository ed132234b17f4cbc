"""The smallest useful model with its questions, for those who have no export at hand."""

from rules.proposal.files import COMPANY, Files, written
from rules.proposal.text import Ask, Line

LINES = (
    Line("# The smallest useful operating model: who owns what, and where its work is."),
    Line("# Remove the # from a line and put in your own words; opsbot model check says what is amiss."),
    Line("version: 1"),
    Line(
        "# company: {name: Larkfield Logistics, currency: EUR}",
        ask=Ask("What is your company called?", 0),
    ),
    Line(
        "# calendars: {default: {timezone: Europe/Berlin, week: Mon-Fri 09:00-17:30, holidays: [DE-BE]}}",
        "until then: UTC, Mon-Fri 09:00-17:00, no holidays",
        Ask("In which time zone, on which days and hours do you work?", 0),
    ),
    Line("# operations: product-ops", ask=Ask("Which Slack channel is for product operations?", 0)),
    Line(
        "# people: {ana: {email: ana@example.com}}",
        "a short name for each, and the address by which the tools know them",
        Ask("Who owns products?", 0),
    ),
    Line("# sources:"),
    Line(
        "#   - {id: jira, jira: example.atlassian.net, every: 10m}",
        "or github: example; tokens stay in the environment, see docs/sources.md",
        Ask("Which Jira site or GitHub organisation is the work in?", 0),
    ),
    Line("# products:"),
    Line("#   shop:"),
    Line("#     owner: ana", ask=Ask("What products are there, and who is accountable for each?", 0)),
    Line("#     work:"),
    Line("#       - jira: {project: SHOP}", ask=Ask("In which project or repository is its work?", 0)),
    Line("#       - github: example/shop-*"),
)


def smallest() -> Files:
    """One file, of which nothing counts until its questions are answered."""
    return written({COMPANY: LINES})
