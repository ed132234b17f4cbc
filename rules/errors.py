"""The table of errors about rules: what each means, why it happens, and what to do about it."""

from config.errors import Entry

RULE_UNKNOWN = Entry(
    "rule-unknown",
    "The model or a command names a rule that does not exist.",
    "A misspelling, a rule of another version, or a custom rule that was taken out.",
    "See all with `opsbot rules`, and write the id as it stands there.",
)
RULE_TWICE = Entry(
    "rule-twice",
    "Two custom rules have the same id.",
    "A rule was copied and its id was not changed. (A custom rule with the id of a built-in one is meant: "
    "it takes its place.)",
    "Give one of them another id.",
)
RULE_PARAMETER = Entry(
    "rule-parameter",
    "A rule is given a parameter that it does not have, or a value of another kind.",
    "A misspelling, or a text where the rule has a number.",
    "See the rule's parameters with `opsbot rules flow-aging-wip` (or another id).",
)
RULE_EXPRESSION = Entry(
    "rule-expression",
    "A condition or sentence of a custom rule cannot be understood.",
    "A fact or function that does not exist, a number compared with a text, a bracket that does not "
    "close, or an expression that is too large. The mark under the text shows the place.",
    "Correct it there. docs/facts.md lists the facts of each table with their types, docs/rules.md shows "
    "every built-in rule in the same language.",
)
RULE_FORM = Entry(
    "rule-form",
    "A custom rule lacks a key, has one that rules do not have, or a value that cannot stand there.",
    "A key was forgotten or misspelt, or the id does not begin with a family of rules.",
    "Copy a built-in rule that is close to it and change that: docs/rules.md.",
)

RIGHT_ELSEWHERE = Entry(
    "right-elsewhere",
    "The person who acts may not: the sentence says who may instead.",
    "The model gives the decision to another role, the person asked for it or did the work themselves, or "
    "they are not cleared for what the finding stands on.",
    "Ask one of those who may. If it should be somebody else, change `decisions`, `delegations` or roles in "
    "the operating model.",
)
WAIVER_IMPOSSIBLE = Entry(
    "waiver-impossible",
    "This waiver cannot be asked for or decided as it stands.",
    "It is decided already, its finding is not open any more, its date has passed or lies beyond what the "
    "model allows, or the model changed and nothing was judged by it yet.",
    "See what waits and stands with `opsbot waivers`, and what is open with `opsbot findings`.",
)

ENTRIES = (
    RULE_UNKNOWN,
    RULE_TWICE,
    RULE_PARAMETER,
    RULE_EXPRESSION,
    RULE_FORM,
    RIGHT_ELSEWHERE,
    WAIVER_IMPOSSIBLE,
)
