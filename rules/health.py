"""Product health: one number that can be explained to the last point, or none where too little is known.

A dimension is the weighted share of what complies: 100 * sum(w * c) / sum(w) over its rules, where w is 8 for
a critical rule, 4 for high, 2 for warn, and c the share of judged subjects that comply. A product is the mean
of its dimensions. Never for people, and never to rank teams.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rules.findings import Severity
from rules.rule import family_of

WEIGHTS: Mapping[Severity, int] = {Severity.CRITICAL: 8, Severity.HIGH: 4, Severity.WARN: 2, Severity.INFO: 0}
"""What a rule counts, by the severity it has by itself."""

DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "flow": ("flow",),
    "quality": ("quality",),
    "delivery": ("delivery",),
    "alignment": ("strategy", "investment", "lifecycle"),
    "ownership": ("accountability", "decision-rights", "partners"),
    "customers and learning": ("customers", "experimentation"),
    "data trust": ("traceability", "hygiene", "model-health"),
}
"""Families of rules, as people speak of what they are about."""

LEAST_CONFIDENCE = 0.6
LEAST_SUBJECTS = 10
CAP = 49
"""A product with an open critical finding is not healthier than this."""


@dataclass(frozen=True, slots=True)
class Complied:
    """How the subjects of one product fare under one rule. Waived ones count on neither side."""

    rule: str
    severity: Severity
    table: str
    passed: int
    failed: int
    unknown: int
    waived: int = 0

    @property
    def judged(self) -> int:
        """Subjects with a verdict."""
        return self.passed + self.failed

    @property
    def weight(self) -> int:
        """What the rule counts."""
        return WEIGHTS[self.severity]


@dataclass(frozen=True, slots=True)
class Lost:
    """Points of the product's 100 that one rule takes, and on how many of the judged subjects it fails."""

    rule: str
    points: float
    failed: int
    judged: int


@dataclass(frozen=True, slots=True)
class Health:
    """The health of one product. `score` is None where `why_not` says that too little is known."""

    score: int | None
    why_not: str
    confidence: float  # weight of the verdicts given, of all that were asked for
    dimensions: Mapping[str, float]  # 0 to 100; those without a verdict are not there
    lost: tuple[Lost, ...]  # the most points first; their sum is what 100 lacks, before a cap
    capped_by: str  # why the number is lower than its sum, or empty
    waived: int

    @property
    def word(self) -> str:
        """The number in a word."""
        if self.score is None:
            return "not enough data"
        return next(
            word
            for least, word in ((85, "good"), (65, "fair"), (0, "needs attention"))
            if self.score >= least
        )


def health(rules: Sequence[Complied], worst: Severity | None) -> Health:
    """The health of a product from all rules that speak about it; `worst` is its gravest open finding."""
    counted = [r for r in rules if r.weight and r.judged + r.unknown]
    asked = sum(r.weight for r in counted)
    given = sum(r.weight * r.judged / (r.judged + r.unknown) for r in counted)
    confidence = given / asked if asked else 0.0
    by_dimension = {name: list(_of(families, counted)) for name, families in DIMENSIONS.items()}
    known = {name: some for name, some in by_dimension.items() if some}
    dimensions = {name: 100 - sum(_cost(r, some) for r in some) for name, some in known.items()}
    lost = [
        Lost(r.rule, _cost(r, some) / len(known), r.failed, r.judged)
        for some in known.values()
        for r in some
        if r.failed
    ]
    why_not = _too_little(rules, confidence)
    score = None if why_not else round(sum(dimensions.values()) / len(dimensions))
    capped = score is not None and score > CAP and worst is Severity.CRITICAL
    return Health(
        score=CAP if capped else score,
        why_not=why_not,
        confidence=confidence,
        dimensions=dimensions,
        lost=tuple(sorted(lost, key=lambda x: (-x.points, x.rule))),
        capped_by=f"at most {CAP} while a critical finding is open" if capped else "",
        waived=sum(r.waived for r in rules),
    )


def _of(families: Iterable[str | None], rules: Sequence[Complied]) -> Iterable[Complied]:
    """Those of the families that gave a verdict."""
    return (r for r in rules if family_of(r.rule) in families and r.judged)


def _cost(rule: Complied, of_dimension: Sequence[Complied]) -> float:
    """Points of the dimension's 100 that the rule takes."""
    return 100 * rule.weight * (rule.failed / rule.judged) / sum(r.weight for r in of_dimension)


def _too_little(rules: Sequence[Complied], confidence: float) -> str:
    tables = {r.table for r in rules}
    subjects = sum(max(r.judged for r in rules if r.table == table) for table in tables)
    if subjects < LEAST_SUBJECTS:
        return f"{subjects} judged; a number needs {LEAST_SUBJECTS}"
    if confidence < LEAST_CONFIDENCE:
        return f"{confidence:.0%} of the verdicts could be given; a number needs {LEAST_CONFIDENCE:.0%}"
    return ""
