"""Hold GraphQL exchanges against GitHub's schema: the query, its variables, and the shape of the answer."""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    FragmentDefinitionNode,
    GraphQLResolveInfo,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    execute,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values

from tests.contracts.recording import Exchange


def mistakes_of_query(schema: GraphQLSchema, exchange: Exchange) -> Iterator[str]:
    """What the schema does not allow in the query and its variables."""
    unknown = set(exchange.body) - {"query", "variables", "operationName"}
    if unknown:
        yield f"GitHub knows no {sorted(unknown)} beside a query"
    document = parse(exchange.body["query"])
    yield from (error.message for error in validate(schema, document))
    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    name = exchange.body.get("operationName")
    asked = [one for one in operations if name is None or (one.name and one.name.value == name)]
    if len(asked) != 1:
        yield f"the operation {name!r} is not in the query"
        return
    given = exchange.body.get("variables") or {}
    values = get_variable_values(schema, asked[0].variable_definitions or [], given)
    if isinstance(values, list):
        yield from (error.message for error in values)
    surplus = set(given) - {one.variable.name.value for one in asked[0].variable_definitions or ()}
    if surplus:
        yield f"the query has no variables {sorted(surplus)}"


def mistakes_of_answer(schema: GraphQLSchema, exchange: Exchange) -> Iterator[str]:
    """What does not fit the query or the schema in an answer: it is served again from the data it gave.

    A null where the schema allows none, a value of another type, a field too few or too many.
    """
    data = exchange.answer.get("data")
    for error in exchange.answer.get("errors", ()):
        if not isinstance(error.get("message"), str):
            yield "an error has no message"
    if data is None:
        if not exchange.answer.get("errors"):
            yield "neither data nor errors"
        return
    served = execute(
        schema,
        parse(exchange.body["query"]),
        root_value=data,
        variable_values=exchange.body.get("variables") or {},
        operation_name=exchange.body.get("operationName"),
        field_resolver=_given,
        type_resolver=_type,
    )
    yield from (f"{'.'.join(map(str, error.path or ()))}: {error.message}" for error in served.errors or ())
    if not served.errors:
        yield from _differences(served.data, data, "data")


def _given(parent: Mapping[str, Any], info: GraphQLResolveInfo, **_: Any) -> Any:
    """The value the answer has for a field, under its alias."""
    if info.path.key not in parent:
        raise KeyError("was asked for and is missing")
    return parent[str(info.path.key)]


def _type(value: Mapping[str, Any], info: GraphQLResolveInfo, abstract: Any) -> str | None:
    """The type an object says it has; else one that the query asks something of."""
    if "__typename" in value:
        return str(value["__typename"])
    possible = {one.name for one in info.schema.get_possible_types(abstract)}
    named = {name for node in info.field_nodes for name in _conditions(node.selection_set, info)} & possible
    return min(named, default=None)


def _conditions(selections: Any, info: GraphQLResolveInfo) -> Iterator[str]:
    for one in selections.selections if selections else ():
        if isinstance(one, InlineFragmentNode) and one.type_condition:
            yield one.type_condition.name.value
        name = getattr(getattr(one, "name", None), "value", "")
        fragment = info.fragments.get(name)
        if isinstance(fragment, FragmentDefinitionNode):
            yield fragment.type_condition.name.value


def _differences(served: Any, given: Any, where: str) -> Iterator[str]:
    """What was given beyond what the query asks for, or in another form."""
    if isinstance(served, dict) and isinstance(given, dict):
        if surplus := set(given) - set(served):
            yield f"{where} has {sorted(surplus)}, which was not asked for"
        for name, value in served.items():
            yield from _differences(value, given[name], f"{where}.{name}")
    elif isinstance(served, list) and isinstance(given, list):
        for place, (one, other) in enumerate(zip(served, given, strict=True)):
            yield from _differences(one, other, f"{where}[{place}]")
    elif served != given:
        yield f"{where} is {given!r}, in the schema's type {served!r}"
