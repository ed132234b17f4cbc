"""What the operating model says and where: a path as a person reads it, its file and line, its level."""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter

from config.model import OperatingModel
from config.origins import Origin, Origins
from rules.facts.table import Fact
from rules.rule import Rule


@dataclass(frozen=True, slots=True)
class Declared:
    """The model with the places of its words."""

    model: OperatingModel
    origins: Origins

    def place(self, path: str | None) -> str | None:
        """file:line of a path that a person wrote; None for what nobody wrote."""
        origin = self.origins.of(path) if path else None
        return None if origin is None else self.origins.short(origin)

    def near(self, path: str | None) -> str | None:
        """The same, or the nearest thing around it that a person wrote below the top."""
        origin = self.origins.near(path) if path else None
        return None if origin is None or origin.line == 0 else self.origins.short(origin)

    def fact(self, fact: Fact, row: Mapping[str, object]) -> Origin | None:
        """Where the model says this fact of this row; None where it does not, or never does."""
        path = self.path(fact, row)
        return None if path is None else self.origins.of(path)

    def path(self, fact: Fact, row: Mapping[str, object]) -> str | None:
        """The path at which the model may say it: products.billing.sle.story."""
        known = {**row, "workflow": self.workflow(row)}
        names = [name for _, name, _, _ in Formatter().parse(fact.declared) if name]
        if not fact.declared or any(known.get(name) is None for name in names):
            return None
        path = fact.declared.format_map(known)
        head, _, rest = path.partition(".")
        return self._listed(rest) if head == "sources" else path

    def _listed(self, path: str) -> str | None:
        """Sources are a list: its entry is found by id."""
        name, _, rest = path.partition(".")
        numbers = [n for n, source in enumerate(self.model.sources) if source.id == name]
        return f"sources[{numbers[0]}]{'.' + rest if rest else ''}" if numbers else None

    def workflow(self, row: Mapping[str, object]) -> str:
        """The workflow of a row's product."""
        product = self.model.products.get(str(row.get("product")))
        return product.workflow if product else "standard"

    def parameter(self, rule: Rule, name: str, product: object) -> Origin | None:
        """Where the model sets a parameter for a product; None: the rule's own default holds."""
        within = f"products.{product}." if product in self.model.products else ""
        return self.origins.of(f"{within}rules.{rule.id}.{name}")


def level(origin: Origin) -> str:
    """Who says it, in words: the product itself, its value stream, the company."""
    head, _, rest = origin.said.partition(".")
    match head.partition("[")[0]:
        case "products":
            return "declared for the product"
        case "value_streams" if ".defaults" in rest:
            return f"inherited from value stream {rest.partition('.')[0]}"
        case "defaults":
            return "inherited from the company's defaults"
        case "teams" | "people" | "sources" | "workflows" as section:
            one = {"people": "person"}.get(section, section.removesuffix("s"))
            return f"declared for the {one}"
    return "declared in the model"
