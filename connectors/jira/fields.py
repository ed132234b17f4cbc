"""Which of a site's fields mean what to us: custom fields have another number on every site."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from connectors.jira.checked import Checked

SYSTEM = (
    "assignee",
    "components",
    "created",
    "duedate",
    "fixVersions",
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
EPIC_LINK_TYPES = ("com.pyxis.greenhopper.jira:gh-epic-link",)
EPIC_NAME_TYPES = ("com.pyxis.greenhopper.jira:gh-epic-label",)
# Team-managed projects estimate in a field with a type of its own; others in a common field for numbers,
# which Jira Software creates under one of these names.
POINT_TYPES = ("com.pyxis.greenhopper.jira:jsw-story-points",)
NUMBER_TYPE = "com.atlassian.jira.plugin.system.customfieldtypes:float"
POINT_NAMES = {"story points", "story point estimate"}


@dataclass(frozen=True, slots=True)
class FieldIds:
    """Ids of the custom fields we read; team-managed projects bring their own, so each may be several.

    `further` are the fields the operating model asked for, by the word it used; `unknown` the words that name
    no field the bot may see.
    """

    flagged: tuple[str, ...] = ()
    team: tuple[str, ...] = ()
    sprint: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    epic: tuple[str, ...] = ()  # the link from an item to its epic, by key
    epic_name: tuple[str, ...] = ()  # filled in epics alone
    further: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()

    @property
    def wanted(self) -> list[str]:
        """The explicit field list of a request: `*all` is slow and too long on real sites."""
        own = (*self.flagged, *self.team, *self.sprint, *self.points, *self.epic, *self.epic_name)
        return list(dict.fromkeys([*SYSTEM, *own, *self.further.values()]))


def find(answer: object, asked: Sequence[str] = ()) -> FieldIds:
    """Read `GET /rest/api/3/field` (Data Center: `2`): the type in its schema says what a field means.

    By name, in any case, only where the type is a common one (flag, story points), and where `asked`: ids,
    names or JQL names, such as `fixVersion`.
    """
    known = list(Checked(answer, "the list of fields"))
    by_word: dict[str, str] = {}
    for one in known:
        for word in _words(one):
            by_word.setdefault(word.casefold(), one["id"].text())
    found = {word: by_word[word.casefold()] for word in asked if word.casefold() in by_word}
    return FieldIds(
        flagged=tuple(_named(known, FLAG_TYPE, FLAG_NAMES)),
        team=_of_types(known, TEAM_TYPES),
        sprint=_of_types(known, SPRINT_TYPES),
        points=(*_of_types(known, POINT_TYPES), *_named(known, NUMBER_TYPE, POINT_NAMES)),
        epic=_of_types(known, EPIC_LINK_TYPES),
        epic_name=_of_types(known, EPIC_NAME_TYPES),
        further=found,
        unknown=tuple(word for word in asked if word not in found),
    )


def _words(one: Checked) -> Iterator[str]:
    yield one["id"].text()
    yield one["name"].text()
    for clause in one["clauseNames"]:
        yield clause.text()


def _named(known: Sequence[Checked], type_: str, names: set[str]) -> Iterator[str]:
    """Fields of a common type that go by one of these names."""
    for one in known:
        name = one["name"].text().casefold()
        if one["schema"]["custom"].maybe_text() == type_ and name in names:
            yield one["id"].text()


def _of_types(known: Sequence[Checked], types: tuple[str, ...]) -> tuple[str, ...]:
    """In the order of the types: the first field with a value is the one that counts."""
    return tuple(
        one["id"].text() for type_ in types for one in known if one["schema"]["custom"].maybe_text() == type_
    )
