"""`opsbot model`: check the operating model, and show what it says and where each value comes from."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.frame import MISUSED, MORE, complain, json_text, options, settings_of
from bot.errors import COMMAND_UNKNOWN

if TYPE_CHECKING:
    from rich.console import Console

    from bot.explain.path import ModelValue
    from config.load import Loaded, ModelMistakes

app = typer.Typer(help="Check and show the operating model.", no_args_is_help=True)

NOT_YET = (
    "company.currency",
    "review",
    "lifecycles",
    "objectives",
    "measures",
    "decisions.*.consult",
    "decisions.*.inform",
    "decisions.*.within",
    "decisions.*.record",
    "partners",
    "consumers",
    "experiments",
    "capabilities",
    "strategy",
    "culture",
    "commitments",
    "imports",
    "retention",
    "rollout",
    "teams.*.type",
    "teams.*.purpose",
    "products.*.kind",
    "products.*.since",
    "products.*.launch_on",
    "products.*.lifecycle",
    "products.*.promise",
    "products.*.position",
    "products.*.market",
    "products.*.for",
    "products.*.goals",
    "products.*.measures",
    "products.*.money",
    "products.*.risks",
    "products.*.stakeholders",
    "products.*.technology",
    "products.*.mvp",
    "products.*.deploys",
    "products.*.investment",
    "products.*.support",
    "products.*.quality.pairing_counts",
    "products.*.quality.pr_size",
    "value_streams.*.trigger",
    "value_streams.*.outcome",
    "value_streams.*.steps",
    "digests.*.show",
)
"""Keys that are read and checked, and that nothing of this version acts on; `*` is any id."""

_COUNTED = ("products", "value_streams", "teams", "people", "sources", "objectives", "decisions")


@app.command()
def check(
    context: typer.Context,
    path: Annotated[
        Path | None, typer.Argument(help="Folder or file; OPSBOT_MODEL where not given.", show_default=False)
    ] = None,
) -> None:
    """Read the operating model and print every mistake, or what it holds."""
    where = path or settings_of(options(context)).model
    loaded = _load(where)
    console = _console()
    files = f"{len(loaded.files)} file" + ("" if len(loaded.files) == 1 else "s")
    console.print(f"[green]✓[/] {where} has no mistakes ({files})", highlight=False)
    for section in _COUNTED:
        if count := len(getattr(loaded.model, section)):
            console.print(f"  {section.replace('_', ' '):<14}{count:>4}", highlight=False)
    if idle := [key for key in NOT_YET if _says(loaded.tree, key.split("."))]:
        console.print(f"  nothing acts yet on: {', '.join(idle)}", highlight=False, soft_wrap=True)


def _says(tree: Any, path: Sequence[str]) -> bool:
    """Whether the files, after inheritance, say something at a dotted path; `*` is any id."""
    if not path:
        return True
    if not isinstance(tree, Mapping):
        return False
    below = tree.values() if path[0] == "*" else [tree[path[0]]] if path[0] in tree else []
    return any(_says(inner, path[1:]) for inner in below)


@app.command()
def show(
    context: typer.Context,
    product: Annotated[
        str | None, typer.Argument(help="Id of a product; all products where not given.", show_default=False)
    ] = None,
    *,
    path: Annotated[
        Path | None,
        typer.Option("--path", help="Folder or file; OPSBOT_MODEL where not given.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Show each value of a product after inheritance, and the file and line it was written at."""
    where = path or settings_of(options(context)).model
    loaded = _load(where)
    products = loaded.model.products
    if product is not None and product not in products:
        _refuse(f"there is no product {product}", product, products)
    chosen = [product] if product is not None else list(products)
    values = {id_: _values(loaded, id_) for id_ in chosen}
    if as_json:
        objects = {i: {key: _as_object(said) for key, said in rows.items()} for i, rows in values.items()}
        typer.echo(json_text(objects))
        return
    for id_, rows in values.items():
        _print_table(id_, rows)


def _values(loaded: "Loaded", product: str) -> "dict[str, ModelValue]":
    """Each value of a product, by its path below the product."""
    from bot.explain.path import Words  # noqa: PLC0415 - not for --help

    path = ("products", product)
    said = Words(loaded.model, loaded.tree, loaded.origins).values(path)
    return {one.key.removeprefix(f"products.{product}."): one for one in said}


def _as_object(said: "ModelValue") -> dict[str, Any]:
    file, line = (said.origin.file, said.origin.line) if said.origin else (None, None)
    return {"value": said.value, "file": file, "line": line}


def _print_table(product: str, rows: "dict[str, ModelValue]") -> None:
    from rich.table import Table  # noqa: PLC0415 - loaded only where something is printed
    from rich.text import Text  # noqa: PLC0415 - the same

    table = Table(title=product, title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0))
    table.add_column("key", style="cyan", overflow="fold")
    table.add_column("value", overflow="fold")
    table.add_column("written at", style="dim", overflow="fold")
    for key, said in rows.items():
        table.add_row(Text(key), Text(_words(said.value)), Text(said.place or "built in"))
    console = _console()
    console.print(table)
    console.print()


def _words(value: Any) -> str:
    """A value as the files would spell it on one line."""
    if isinstance(value, dict):
        return ", ".join(f"{k}: {_inner(v)}" for k, v in value.items())
    if isinstance(value, list):
        return ", ".join(_inner(v) for v in value) or "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)


def _inner(value: Any) -> str:
    return f"{{{_words(value)}}}" if isinstance(value, dict) else _words(value)


def _load(path: Path) -> "Loaded":
    from bot.book import book_of  # noqa: PLC0415 - not for --help
    from config.load import ModelMistakes, load_model  # noqa: PLC0415 - not for --help

    try:
        loaded = load_model(path)
        book_of(loaded)
    except ModelMistakes as e:
        _print_mistakes(e)
        raise typer.Exit(MISUSED) from None
    return loaded


def _print_mistakes(mistakes: "ModelMistakes") -> None:
    from rich.text import Text  # noqa: PLC0415 - loaded only where something is printed

    console = _console(stderr=True)
    for mistake in mistakes.mistakes:
        line = str(mistake)
        place = f"{mistake.file}:{mistake.line}:"
        console.print(Text(place, style="bold") + Text(line.removeprefix(place)), soft_wrap=True)
    count = len(mistakes.mistakes)
    console.print(f"[red]{count} mistake{'s' if count > 1 else ''}[/]", highlight=False)
    complain(MORE)


def _refuse(what: str, word: str, allowed: "dict[str, Any]") -> None:
    from config.mistakes import listed, nearest  # noqa: PLC0415 - not for --help

    near = nearest(word, allowed)
    meant = f"; did you mean {near}?" if near else ""
    complain(f"{what}; the model has {listed(list(allowed), 'and') or 'none'}{meant}", COMMAND_UNKNOWN)
    raise typer.Exit(MISUSED)


def _console(*, stderr: bool = False) -> "Console":
    from rich.console import Console  # noqa: PLC0415 - loaded only where something is printed

    return Console(stderr=stderr)
