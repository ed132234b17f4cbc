"""The files of a proposed model: lines with their evidence, questions with the place of their answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rules.proposal.company import Origin, company_lines
from rules.proposal.product import product_lines, stream_lines
from rules.proposal.proposal import Proposal
from rules.proposal.text import Line, many

COMPANY, QUESTIONS = "company.yaml", "QUESTIONS.md"


@dataclass(frozen=True, slots=True)
class Question:
    """What only a person can answer, where the answer is written, and how many items it decides."""

    number: int
    text: str
    decides: int
    file: str
    line: int

    def __str__(self) -> str:
        decides = f" (decides {many(self.decides, 'item')})" if self.decides else ""
        return f"{self.text}{decides} {self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Files:
    """Texts by file name within the model's folder, and the questions, the weightiest first."""

    texts: Mapping[str, str]
    questions: tuple[Question, ...]


def files(proposal: Proposal, origin: Origin | None) -> Files:
    """The model's files; without an origin only those of products and value streams, for a model that is."""
    drafts = {COMPANY: company_lines(proposal, origin)} if origin is not None else {}
    for product in proposal.products.products:
        drafts[f"products/{product.id}.yaml"] = product_lines(product, proposal)
    for stream in proposal.products.streams:
        drafts[f"value-streams/{stream.id}.yaml"] = stream_lines(stream)
    return written(drafts)


def written(drafts: Mapping[str, Sequence[Line]]) -> Files:
    """The texts of these lines; questions are numbered by how many items they decide."""
    places = [
        (name, at, line.ask) for name, lines in drafts.items() for at, line in enumerate(lines) if line.ask
    ]
    places.sort(key=lambda p: -p[2].decides)
    numbers = {(name, at): number for number, (name, at, _) in enumerate(places, start=1)}
    texts: dict[str, str] = {}
    questions: list[Question] = []
    for name, lines in drafts.items():
        out: list[str] = []
        for at, line in enumerate(lines):
            if line.ask is not None:
                number = numbers[name, at]
                out.append(f"{_indent(line.text)}# Question {number}: {line.ask.text}")
                questions.append(Question(number, line.ask.text, line.ask.decides, name, len(out) + 1))
            out.append(f"{line.text}   # {line.why}" if line.why else line.text)
        texts[name] = "\n".join(out) + "\n"
    questions.sort(key=lambda q: q.number)
    texts[QUESTIONS] = _list(questions)
    return Files(texts, tuple(questions))


def _list(questions: Sequence[Question]) -> str:
    text = [
        "# Questions about the operating model",
        "",
        "What the tools do not tell. A line marked as a proposal counts until you change it;",
        "all else counts once you answer. Edit the line that is named, and run `opsbot model check`.",
        "The first ones decide most.",
        "",
    ]
    for q in questions:
        decides = f" Decides {many(q.decides, 'item')}." if q.decides else ""
        text.append(f"{q.number}. `{q.file}:{q.line}` {_plain(q.text)}{decides}")
    return "\n".join(text) + "\n"


def _plain(text: str) -> str:
    """Signs that Markdown takes for its own, in names of the export, stay signs."""
    return "".join(f"\\{c}" if c in "\\`*_[]<>|" else c for c in text)


def _indent(text: str) -> str:
    return text[: len(text) - len(text.lstrip(" "))]
