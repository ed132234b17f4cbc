"""What a change of the operating model would come to, as the person who thinks of it reads it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from bot.words import plain
from rules.findings import Event, Severity

Kind = Literal[
    "opens",
    "closes",
    "worsens",
    "eases",
    "moves",
    "waits",
    "waits no more",
    "is waived",
    "is told",
    "falls silent",
]
KINDS: Mapping[Event, Kind] = {
    "opened": "opens",
    "reopened": "opens",
    "unwaived": "opens",
    "waived": "is waived",
    "worsened": "worsens",
    "eased": "eases",
    "moved": "moves",
    "pending": "waits",
    "resolved": "closes",
    "closed": "closes",
}
"""What an event of the changed model's judgement means to somebody who only thinks of the change."""
TITLES: Mapping[Kind, str] = {
    "opens": "Would open",
    "worsens": "Would get worse",
    "eases": "Would ease",
    "closes": "Would close",
    "moves": "Would move to another product",
    "waits": "Would begin to wait",
    "waits no more": "Would no longer wait to open",
    "is waived": "Would fail, and a waiver holds",
    "is told": "Open already, would be told from now on",
    "falls silent": "Would stay open, and be told to nobody",
}
COUNTED: Mapping[Kind, str] = {
    "opens": "open",
    "closes": "close",
    "worsens": "worsen",
    "eases": "ease",
    "moves": "move",
    "waits": "begin to wait",
}
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One finding that the change would touch, with what its rule says by both models."""

    kind: Kind
    finding: str
    rule: str
    key: str
    product: str | None
    product_before: str | None
    severity: Severity
    severity_before: Severity
    before: str
    after: str
    why: str
    covered_by: str | None  # rule that fails there too and is told in its place
    lasting: str | None  # how long it must fail before it opens: "1d"


@dataclass(frozen=True, slots=True)
class Unknown:
    """Verdicts of a rule on a product's subjects that cannot be given: how many now, and how many then."""

    rule: str
    product: str | None
    before: int
    after: int
    example: str | None  # one that becomes unknown, and what it lacks


@dataclass(frozen=True, slots=True)
class Altered:
    """One value of the model that is said anew, in words."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the changed model would do to findings and verdicts."""

    at: datetime
    foreseen: tuple[Foreseen, ...]
    unknown: tuple[Unknown, ...]
    told: Mapping[str, Mapping[str, int]]  # by channel: how many findings, and how
    stale: tuple[str, ...]  # sources whose data is too old to judge by

    @property
    def counts(self) -> dict[Kind, int]:
        """How many findings each thing would happen to."""
        by_kind = Counter(f.kind for f in self.foreseen)
        return {kind: by_kind[kind] for kind in TITLES}

    def as_json(self, altered: Sequence[Altered]) -> dict[str, Any]:
        """The same as plain data, with the change itself."""
        return {
            "at": self.at.isoformat(),
            "changes": [asdict(s) for s in altered],
            "counts": self.counts,
            "findings": [plain(asdict(f)) for f in self.foreseen],
            "unknown": [asdict(u) for u in self.unknown],
            "stale": list(self.stale),
            "told": {channel: dict(how) for channel, how in self.told.items()},
        }

    def as_text(self, altered: Sequence[Altered], *, verbose: bool = False) -> str:
        """The same as a person reads it in a terminal; not `verbose` shows the first few of each kind."""
        most = len(self.foreseen) + len(altered) if verbose else SHOWN
        text = ["What if", *(f"   {s.path}: {s.before} → {s.after}" for s in altered[:most])]
        if len(altered) > most:
            text.append(f"   … and {len(altered) - most} more values; all: --verbose")
        more = sum(u.after - u.before for u in self.unknown)
        counts = self.counts
        counted = ", ".join(f"{word} {counts[kind]}" for kind, word in COUNTED.items())
        text += ["", f"As of {self.at:%a %d %b %Y, %H:%M}. Nothing is written."]
        text.append(f"Would {counted}; unknown verdicts {more:+d}.")
        text += [
            f"Not foreseen: what stands on {name}, whose data is too old; first run: opsbot sync"
            for name in self.stale
        ]
        if rows := self._by_rule():
            text += ["", *rows]
        for kind, title in TITLES.items():
            text += self._listed(kind, title, most)
        text += self._newly_unknown()
        if self.told:
            channels = (f"#{channel} {_how(how)}" for channel, how in sorted(self.told.items()))
            text += ["", f"Told to: {'; '.join(channels)}."]
        return "\n".join(text)

    def _newly_unknown(self) -> list[str]:
        some = [u for u in self.unknown if u.after > u.before]
        text = ["", "Would become unknown; what is open about it stays open"] if some else []
        for u in some:
            text.append(f"   {u.rule}, {u.product or 'no product'}: {u.before:,} → {u.after:,}")
            text += [f"      {u.example}"] if u.example else []
        return text

    def _by_rule(self) -> list[str]:
        by_rule = Counter((f.rule, f.product or "no product", f.kind) for f in self.foreseen)
        unknown = {(u.rule, u.product or "no product"): u.after - u.before for u in self.unknown}
        names = sorted({(rule, product) for rule, product, _ in by_rule} | unknown.keys())
        kinds = [kind for kind, number in self.counts.items() if number]
        heads = [*kinds, *(["unknown"] if unknown else [])]
        rows = [f"   {'rule':42} {'product':18}" + "".join(f"{head:>12}" for head in heads)] if names else []
        for rule, product in names:
            numbers = [str(by_rule[rule, product, kind]) for kind in kinds]
            numbers += [f"{unknown.get((rule, product), 0):+d}"] if unknown else []
            rows.append(f"   {rule:42} {product:18}" + "".join(f"{number:>12}" for number in numbers))
        return rows

    def _listed(self, kind: Kind, title: str, most: int) -> list[str]:
        some = sorted(
            (f for f in self.foreseen if f.kind == kind), key=lambda f: (-f.severity, f.rule, f.key)
        )
        text = ["", f"{title}: {len(some)}"] if some else []
        for f in some[:most]:
            text += [f"   {_severity(f):16} {f.key}   {f.rule}, {_product(f)}"]
            text += [f"      now   {f.before}"] if f.before != f.after else []
            text.append(f"      then  {_then(f)}")
        if len(some) > most:
            text.append(f"   … and {len(some) - most} more; all: --verbose")
        return text


def _severity(foreseen: Foreseen) -> str:
    is_, was = foreseen.severity.word, foreseen.severity_before.word
    return is_ if is_ == was else f"{was} → {is_}"


def _product(foreseen: Foreseen) -> str:
    is_, was = foreseen.product or "no product", foreseen.product_before or "no product"
    return is_ if is_ == was else f"{was} → {is_}"


def _then(foreseen: Foreseen) -> str:
    if foreseen.kind == "waits":
        return f"{foreseen.after} It opens if that lasts {foreseen.lasting}."
    covered = f" Not told: {foreseen.covered_by} covers it." if foreseen.covered_by else ""
    still = "still: " if foreseen.before == foreseen.after else ""
    return f"{still}{foreseen.after}{covered}"


def _how(how: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {word}" for word, number in how.items())
