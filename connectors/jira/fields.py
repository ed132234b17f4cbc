"""Which of a site's fields mean what to us: custom fields have another number on every site."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from connectors.jira.checked import Checked

SYSTEM = (
    "assignee",
    "components",
    "created",
    "duedate",
    "issuelinks",
    "issuetype",
    "labels",
    "parent",
    "priority",
    "project",
    "reporter",
    "resolution",
    "resolutiondate",
    "security",
    "status",
    "summary",
    "updated",
)

# The flag is a common check box field that Jira creates under one of these names.
FLAG_TYPE = "com.atlassian.jira.plugin.system.customfieldtypes:multicheckboxes"
FLAG_NAMES = {"flagged", "impediment"}
TEAM_TYPES = (
    "com.atlassian.jira.plugin.system.customfieldtypes:atlassian-team",
    "com.atlassian.teams:rm-teams-custom-field-team",
)
SPRINT_TYPES = ("com.pyxis.greenhopper.jira:gh-sprint",)


@dataclass(frozen=True, slots=True)
class FieldIds:
    """Ids of the custom fields we read; team-managed projects bring their own, so each may be several.

    `further` are the fields the operating model asked for, by the word it used; `unknown` the words that name
    no field the bot may see.
    """

    flagged: tuple[str, ...] = ()
    team: tuple[str, ...] = ()
    sprint: tuple[str, ...] = ()
    further: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()

    @property
    def wanted(self) -> list[str]:
        """The explicit field list of a request: `*all` is slow and too long on real sites."""
        return list(dict.fromkeys([*SYSTEM, *self.flagged, *self.team, *self.sprint, *self.further.values()]))


def find(answer: object, asked: Sequence[str] = ()) -> FieldIds:
    """Read `GET /rest/api/3/field`. `asked` are ids, names or JQL names in any case, such as `fixVersion`."""
    known = list(Checked(answer, "the list of fields"))
    by_word: dict[str, str] = {}
    for one in known:
        for word in _words(one):
            by_word.setdefault(word.casefold(), one["id"].text())
    found = {word: by_word[word.casefold()] for word in asked if word.casefold() in by_word}
    return FieldIds(
        flagged=tuple(_flags(known)),
        team=_of_types(known, TEAM_TYPES),
        sprint=_of_types(known, SPRINT_TYPES),
        further=found,
        unknown=tuple(word for word in asked if word not in found),
    )


def _words(one: Checked) -> Iterator[str]:
    yield one["id"].text()
    yield one["name"].text()
    for clause in one["clauseNames"]:
        yield clause.text()


def _flags(known: Sequence[Checked]) -> Iterator[str]:
    for one in known:
        name = one["name"].text().casefold()
        if one["schema"]["custom"].maybe_text() == FLAG_TYPE and name in FLAG_NAMES:
            yield one["id"].text()


def _of_types(known: Sequence[Checked], types: tuple[str, ...]) -> tuple[str, ...]:
    """In the order of the types: the first field with a value is the one that counts."""
    return tuple(
        one["id"].text() for type_ in types for one in known if one["schema"]["custom"].maybe_text() == type_
    )
