"""Answers as a terminal shows them: the same messages Slack gets, as plain text, and the rules as a list."""

from collections.abc import Sequence

from bot.slack import answers
from bot.slack.commands.desk import FindingsPage
from bot.slack.plaintext import as_text
from bot.words import spelled
from rules.rule import Rule


def findings_text(found: FindingsPage, *, waived: bool = False) -> str:
    """A page of findings; under open ones, how many more are waived."""
    kind, option = ("waived", " --waived") if waived else ("open", "")
    beside = "" if waived or not found.waived else f"\n\n  {found.waived} waived: opsbot findings --waived"
    if not found.total:
        return f"No {kind} finding matches. Newer data: opsbot sync, then opsbot judge{beside}"
    following = "opsbot waivers" if waived else "opsbot explain KEY"
    if found.page < found.pages:
        following = f"opsbot findings{option} --page {found.page + 1}"
    page = answers.findings(found.lines, found.page, found.pages, found.total, following, kind=kind)
    return as_text(page).strip() + beside


def rules_text(rules: Sequence[Rule]) -> str:
    """Every rule on a line, by family."""
    lines = [f"{rule.id:40} {rule.severity.word:8} {rule.purpose}" for rule in rules]
    return "\n".join([*lines, "", "One whole: opsbot rules RULE"])


def rule_text(rule: Rule) -> str:
    """One rule with everything a person needs to judge the judge."""
    worse = [f"  {s.word} when   {e.text}" for s, e in rule.worse.items()]
    worse += [f"  {s.word} after  {span}" for s, span in rule.worse_after.items()]
    inhibitors = ", ".join(rule.inhibited_by)
    parts = [
        rule.id,
        f"  In a healthy portfolio: {rule.purpose}",
        "",
        f"  about       {rule.about}: {rule.table.doc}",
        f"  in scope    {rule.where.text}",
        f"  violated by {rule.violates.text}",
        f"  severity    {rule.severity.word}",
        *worse,
        f"  parameters  {', '.join(f'{k} = {spelled(v)}' for k, v in rule.parameters.items()) or 'none'}",
        *([f"  only after  {rule.for_} of failing"] if rule.for_ else []),
        *([f"  covered by  {inhibitors}: then it is not told twice"] if inhibitors else []),
        f"  says        {rule.says.text}",
        f"  fix         {rule.fix.text}",
        f"  accountable {rule.accountable.role.replace('-', ' ')}",
        *([f"  source      {rule.source}"] if rule.source else []),
        *(["  beware"] if rule.false_positives else []),
        *(f"    - {sentence}" for sentence in rule.false_positives),
    ]
    return "\n".join(parts)


def rule_object(rule: Rule) -> dict[str, object]:
    """A rule in plain values."""
    return {
        "id": rule.id,
        "purpose": rule.purpose,
        "about": rule.about,
        "where": rule.where.text,
        "violates": rule.violates.text,
        "severity": rule.severity.word,
        "worse": {s.word: e.text for s, e in rule.worse.items()},
        "parameters": dict(rule.parameters),
        "fix": rule.fix.text,
        "accountable": rule.accountable.role,
    }
