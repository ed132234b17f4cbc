"""How each source stands, for a person at the terminal: who is unwell and what to do come first."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.explain.text.layout import columns, labelled, moment, titled
from bot.slack.messages import age, plural
from bot.source_list import SHOWN, SourceLine
from bot.store import usage

_MARKS = {"ok": "✓", "warn": "!", "fail": "✗"}
_GRAVEST = ("fail", "warn", "ok")
_NOTHING = "-"
_SCARCE = 0.5  # a budget with less than this share left is named


def as_text(lines: Sequence[SourceLine], now: datetime) -> str:
    """Who is unwell, a table of all, then each that has more to tell, the gravest first."""
    if not lines:
        return "The model names no source to read."
    head = ("", "source", "last sync", "complete", "requests", "left", "quarantine", "coverage")
    table = list(columns([head, *(_row(line, now) for line in lines)], 0))
    gravest = sorted(lines, key=lambda line: _GRAVEST.index(line.state))
    told = [
        part
        for line in gravest
        for part in titled(f"{_MARKS[line.state]} {line.source}", _details(line, now))
    ]
    return "\n".join([_summary(lines), "", *table, *told])


def _summary(lines: Sequence[SourceLine]) -> str:
    unwell = [line.source for line in lines if line.state != "ok"]
    if not unwell:
        return f"{plural(len(lines), 'source')}, all well."
    return f"{len(unwell)} of {plural(len(lines), 'source')} {_need(unwell)} you: {', '.join(unwell)}."


def _need(unwell: Sequence[str]) -> str:
    return "needs" if len(unwell) == 1 else "need"


def _row(line: SourceLine, now: datetime) -> tuple[str, ...]:
    complete = "never" if line.complete_at is None else f"{age(now - line.complete_at)} ago"
    seen, counted = line.coverage or (0, 0)
    requests = line.spent_day.get(usage.REQUESTS, 0)
    return (
        _MARKS[line.state],
        line.source,
        line.outcome,
        complete + (", stale" if line.stale and line.complete_at else ""),
        f"{requests:,} in 24 h" if requests else _NOTHING,
        _left(line, now),
        f"{len(line.held):,}" if line.held else "none",
        f"{seen:,} of {counted:,}" if line.coverage else "not counted",
    )


def _left(line: SourceLine, now: datetime) -> str:
    """The scarcest budget, as the source last told it; by name where it is scarce."""
    budgets = line.last.budgets if line.last else {}
    if any(_paused(budget, now) for budget in budgets.values()):
        return "asks to wait"
    shares = [(share, key) for key, b in budgets.items() if (share := _share(b, now)) is not None]
    if not shares:
        return _NOTHING
    share, key = min(shares)
    return f"{int(share * 100)}%" + (f" of {_name(key)}" if share < _SCARCE else "")


def _details(line: SourceLine, now: datetime) -> Iterator[str]:
    yield from labelled("Do this", line.to_do)
    held = [f"{q.item} since {moment(q.since, now)}: {q.reason}" for q in line.held[:SHOWN]]
    if more := len(line.held) - len(held):
        held.append(f"and {more:,} more: opsbot sources --json")
    yield from labelled("Quarantine", held)
    away = [
        f"{many:,} {state.replace('_', ' ')}" for state, many in line.absent.items() if state != "unreadable"
    ]
    yield from labelled("Not there", [", ".join(away)] if away else [])
    yield from labelled("Spent", list(_spent(line, now)))


def _spent(line: SourceLine, now: datetime) -> Iterator[str]:
    """One line a budget that matters: in the last sync, in 24 hours, what is left of it."""
    requests = line.last.requests if line.last else {}
    budgets = line.last.budgets if line.last else {}
    keys = {*requests, *line.spent_day, *budgets}
    for key in sorted(keys, key=lambda key: (key != usage.REQUESTS, key)):
        budget = budgets.get(key, {})
        share = _share(budget, now)
        if _of_account(key) or _paused(budget, now) or (share is not None and share < _SCARCE):
            yield (
                f"{_name(key)}: {requests.get(key, 0):,} in the last sync, {line.spent_day.get(key, 0):,}"
                f" in 24 h{_remaining(budget, now)}"
            )


def _of_account(key: str) -> bool:
    """Whether a budget is that of the whole account, and not of one address or of a moment."""
    return " " not in key and not key.endswith(":secondary")


def _name(key: str) -> str:
    """A budget's name without its tool: it stands under its source."""
    return key.partition(":")[2] or key


def _share(budget: Mapping[str, Any], now: datetime) -> float | None:
    """How much is left of a budget, 0 to 1; None where the source does not tell, or its window is over."""
    if not budget.get("limit") or budget.get("remaining") is None:
        return None
    if budget.get("resets_at") and _at(budget["resets_at"]) <= now:
        return None
    return float(budget["remaining"] / budget["limit"])


def _paused(budget: Mapping[str, Any], now: datetime) -> bool:
    return bool(budget.get("paused_until")) and _at(budget["paused_until"]) > now


def _remaining(budget: Mapping[str, Any], now: datetime) -> str:
    said = ""
    if _share(budget, now) is not None:
        resets = f" until {moment(_at(budget['resets_at']), now)}" if budget.get("resets_at") else ""
        said = f"; {budget['remaining']:,} of {budget['limit']:,} left{resets}"
    if _paused(budget, now):
        said += f"; the source asks to wait until {moment(_at(budget['paused_until']), now)}"
    return said


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
