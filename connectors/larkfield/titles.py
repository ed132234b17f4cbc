"""Titles of work: composed from the words of words.yaml, none of them twice."""

from collections.abc import Callable, Mapping
from importlib.resources import files
from random import Random

from ruamel.yaml import YAML

Words = Mapping[str, tuple[str, ...]]
Compose = Callable[[], str]


def read_words() -> Mapping[str, Words]:
    """The vocabulary: by product, and `common` for all."""
    text = files("connectors.larkfield").joinpath("words.yaml").read_text(encoding="utf-8")
    return {
        theme: {key: tuple(word.strip() for word in words.split("|")) for key, words in lists.items()}
        for theme, lists in YAML(typ="safe").load(text).items()
    }


class Titles:
    """Hands out titles, each a sentence of its own."""

    def __init__(self, rng: Random, words: Mapping[str, Words]) -> None:
        self._rng = rng
        self._words = words
        self._used: set[str] = set()

    def of(self, kind: str, product: str) -> str:
        """The title of an issue of that kind, in the words of the product."""

        def a(key: str) -> str:
            return self._a(key, product)

        match kind:
            case "Bug":
                return self._new(lambda: f"{_bare(a('things'))} {a('symptoms')} {a('cases')}")
            case "Task":
                return self._new(lambda: f"{self._a('rework')} {a('code')} behind {a('things')}")
            case "Vulnerability":
                return self._new(
                    lambda: f"{_bare(self._a('libraries'))} {self._a('weaknesses')}, used by {a('code')}"
                )
            case "Experiment":
                return self._new(lambda: a("bets"), lambda: f" And {a('places')}?")
            case "Epic":
                return self._new(lambda: a("epics"), lambda: f", {a('places')}")
            case _:
                return self._new(lambda: f"{a('actions')} {a('things')} {a('places')}")

    def step(self, parent: str) -> str:
        """A part of a story."""
        return self._new(lambda: f"{self._a('steps')} “{parent}”")

    def request(self) -> str:
        """What the offices ask of operations."""
        return self._new(
            lambda: self._a("requests").format(
                who=self._a("who"), what=self._a("what"), where=self._a("where")
            )
        )

    def wish(self) -> str:
        """What users of a repository write down."""
        return self._new(lambda: f"{self._a('wishes')} {self._a('wished')}")

    def lesson(self) -> str:
        """What people learn."""
        return self._new(lambda: self._a("lessons").format(topic=self._a("topics")))

    def play(self) -> str:
        """What people try out."""
        return self._new(lambda: self._a("plays").format(topic=self._a("toys")))

    def _a(self, key: str, theme: str = "common") -> str:
        return self._rng.choice(self._words[theme][key])

    def _new(self, compose: Compose, more: Compose | None = None) -> str:
        for _ in range(40):
            title = compose()
            if title not in self._used:
                break
        while title in self._used:
            title += more() if more is not None else f", {self._a('where')}"
        self._used.add(title)
        return title


def _bare(thing: str) -> str:
    bare = thing.removeprefix("the ")
    return bare[0].upper() + bare[1:]
