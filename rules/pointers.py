"""Pointers: every project, repository, account and channel that the operating model names, with its place."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from config.model import OperatingModel
from config.words import Selector
from rules.belonging import only_product_of
from rules.selecting import EXPLICIT

Kind = Literal["selector", "project", "repository", "account", "channel"]
Breaks = Literal["mapping", "delivery", "names"]


@dataclass(frozen=True, slots=True)
class Pointer:
    """One thing of a tool that the model names, and what fails where it does not exist."""

    kind: Kind
    tool: Literal["jira", "github", "slack"] | None  # None: any
    value: str
    where: str  # products.insights.work[0]
    breaks: Breaks
    product: str | None = None
    source: str | None = None  # the only one it speaks of; None: every source of the tool


@dataclass(frozen=True, slots=True)
class SelectorPointer:
    """A line of a product's `work`, beside the containers that it names itself."""

    pointer: Pointer
    containers: tuple[Pointer, ...]


def pointers(model: OperatingModel) -> Iterator[Pointer]:
    """All but selectors; a container that a product names twice is given once."""
    named: dict[tuple[str | None, str], Pointer] = {}
    for container in (c for s in selectors(model) for c in s.containers):
        named.setdefault((container.product, container.value), container)
    yield from named.values()
    for n, source in enumerate(model.sources):
        for i, project in enumerate(source.projects):
            yield Pointer("project", "jira", project, f"sources[{n}].projects[{i}]", "mapping")
        for i, repository in enumerate(source.repositories):
            yield Pointer("repository", "github", repository, f"sources[{n}].repositories[{i}]", "mapping")
    yield from _accounts(model)
    for channel, where, product in _channels(model):
        if channel is not None:
            yield Pointer("channel", "slack", channel, where, "delivery", product)


def selectors(model: OperatingModel) -> Iterator[SelectorPointer]:
    """Every line of every product's `work`, but the label `product:<id>`: that is a way out for people."""
    for product in model.products.values():
        for n, selector in enumerate(product.work):
            if selector == Selector(label=EXPLICIT + product.id):
                continue
            where = f"products.{product.id}.work[{n}]"
            tool: Literal["jira", "github"] | None = "jira" if selector.jira else None
            tool = "github" if selector.github else tool
            said = Pointer("selector", tool, _words(selector), where, "mapping", product.id)
            yield SelectorPointer(said, tuple(_containers(selector, where, product.id)))


def _containers(selector: Selector, where: str, product: str) -> Iterator[Pointer]:
    if selector.jira is not None and selector.jira.project is not None:
        yield Pointer("project", "jira", selector.jira.project, f"{where}.jira.project", "mapping", product)
    if selector.github is not None:
        yield Pointer("repository", "github", selector.github, f"{where}.github", "mapping", product)


def _accounts(model: OperatingModel) -> Iterator[Pointer]:
    for handle, person in model.people.items():
        for tool, source, account in person.accounts():
            where = f"people.{handle}.{tool}" + (f".{source}" if source else "")
            yield Pointer("account", tool, account, where, "names", source=source)


def _channels(model: OperatingModel) -> Iterator[tuple[str | None, str, str | None]]:
    yield model.operations, "operations", None
    for product in model.products.values():
        yield product.channel, f"products.{product.id}.channel", product.id
    for stream in model.value_streams.values():
        yield stream.channel, f"value_streams.{stream.id}.channel", None
    for name, team in model.teams.items():
        yield team.channel, f"teams.{name}.channel", only_product_of(model, name)


def _words(selector: Selector) -> str:
    """The selector as people say it: "project PAY, label insights"."""
    said = selector.model_dump(exclude_none=True)
    parts = {
        **said.pop("jira", {}),
        **({"repository": said.pop("github")} if "github" in said else {}),
        **said,
    }
    return ", ".join(f"{key} {value}" for key, value in parts.items())
