"""The pages rules.md and facts.md: every built-in rule, and every fact that rules can speak of."""

from collections.abc import Iterator
from itertools import groupby

from markdown import GENERATED, code, table

from bot.book import builtin_rules
from rules.facts import TABLES
from rules.facts.table import COMMON, Fact, FactTable
from rules.profiles import mode
from rules.rule import Rule

PROFILES = ("starter", "recommended", "strict")
FRESH = {
    "source": "A row is as fresh as its source's last complete sync, or its own re-read after a webhook.",
    "row": "A row is as fresh as the oldest of the sources it was counted from.",
    "always": "Rules about it are judged however old the data is.",
}


def rules_page() -> str:
    """The rule book."""
    rules = builtin_rules()
    text = [
        GENERATED,
        "# Rule book\n\n",
        f"{len(rules)} rules come with opsbot. Each finishes the sentence *In a healthy portfolio, …* ",
        "`opsbot rules` lists them in a terminal. ",
        "What scope, verdicts and modes are: [concepts](concepts.md). Every name in a predicate is a ",
        "[fact](facts.md) or a parameter.\n\n",
        table(
            ("Rule", "In a healthy portfolio", "Severity"),
            ([f"[{r.id}](#{r.id})", r.purpose, _severities(r)] for r in rules),
        ),
    ]
    for family, some in groupby(rules, key=lambda r: r.family):
        text.append(f"\n## Family {family}\n")
        text += map(_rule, some)
    return "".join(text)


def _rule(rule: Rule) -> str:
    about = f"[{code(rule.about)}](facts.md#{rule.about})"
    lines = [
        f"\n### {rule.id}\n\n{rule.purpose}\n\n",
        table(("", ""), [("About", f"{about}: one row {rule.table.subject}"), *_rows(rule)]),
    ]
    if rule.parameters:
        values = ([code(n), _value(v)] for n, v in rule.parameters.items())
        lines.append("\n" + table(("Parameter", "Default"), values))
    if rule.false_positives:
        lines.append("\nWhere it may be wrong:\n\n" + "".join(f"- {x}\n" for x in rule.false_positives))
    return "".join(lines)


def _rows(rule: Rule) -> Iterator[tuple[str, str]]:
    yield "In scope", code(rule.where.text)
    yield "Violated by", code(_one_line(rule.violates.text))
    yield "Severity", rule.severity.word
    for severity, condition in rule.worse.items():
        yield f"{severity.word.capitalize()} when", code(_one_line(condition.text))
    for severity, span in rule.worse_after.items():
        yield f"{severity.word.capitalize()} after", f"open for {span}"
    if rule.for_ is not None:
        yield "Opens after", f"{rule.for_} of failing without a break"
    if rule.inhibited_by:
        yield (
            "Not told when",
            "fails on the same subject: " + ", ".join(f"[{other}](#{other})" for other in rule.inhibited_by),
        )
    if rule.group is not None:
        yield "One line a", rule.group
    yield "Says", rule.says.text
    yield "Evidence", ", ".join(map(code, rule.evidence))
    yield "Fix", rule.fix.text
    yield (
        "Accountable",
        rule.accountable.role + (f" of {code(rule.accountable.of)}" if rule.accountable.of else ""),
    )
    yield "Mode by profile", ", ".join(f"{p}: {mode(rule.id, p, None)}" for p in PROFILES)
    yield "Source", rule.source


def _severities(rule: Rule) -> str:
    return ", ".join([rule.severity.word, *(s.word for s in rule.worse)])


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _value(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def facts_page() -> str:
    """Every fact table with its facts."""
    text = [
        GENERATED,
        "# Facts\n\n",
        "A fact is a named, typed value about one subject. Rules are predicates over the facts of one\n",
        "table. No stored fact depends on the present moment; *virtual* facts are expressions that are\n",
        "worked out when a rule is judged. A comparison with an absent fact is unknown; the last column\n",
        "says what absence means.\n\n",
        table(("Table", "One row is"), ([f"[{t.name}](#{t.name})", t.subject] for t in TABLES.values())),
        "\n## Facts of every table\n\n",
        _facts(COMMON),
    ]
    text += map(_fact_table, TABLES.values())
    return "".join(text)


def _fact_table(facts: FactTable) -> str:
    scanned = "" if facts.active == "true" else f" Judged are the rows where `{_one_line(facts.active)}`."
    return f"\n## {facts.name}\n\n{facts.doc}{scanned} {FRESH[facts.fresh]}\n\n{_facts(facts.facts)}"


def _facts(facts: tuple[Fact, ...]) -> str:
    head = ("Fact", "Type", "Meaning", "Comes from", "Absent means")
    return table(head, (_fact(f) for f in facts))


def _fact(fact: Fact) -> tuple[str, ...]:
    kind = f"{fact.type}, {fact.unit}" if fact.unit else str(fact.type)
    source = fact.source
    if fact.virtual is not None:
        source = f"virtual: {code(_one_line(fact.virtual))}"
    elif fact.joined is not None and not fact.joined.startswith("terms."):
        source = f"{source} (joined: {code(fact.joined)})"
    return code(fact.name), kind, fact.doc, source, fact.absence
