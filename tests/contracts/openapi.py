"""Hold exchanges against an OpenAPI description (3.0): the request as it was sent, the answer as it came."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from openapi_schema_validator import OAS30Validator, oas30_format_checker

from tests.contracts.recording import Exchange

PLACEHOLDER = re.compile(r"\\{[^}]+\\}")
METHODS = {"get", "post", "put", "patch", "delete"}


class Description:
    """An OpenAPI document, asked about exchanges."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    @cached_property
    def _templates(self) -> list[tuple[re.Pattern[str], str]]:
        """Every path as a pattern, those with the fewest placeholders first: they are the more exact ones."""
        paths = sorted(self._document["paths"], key=lambda path: (path.count("{"), path))
        return [(re.compile(PLACEHOLDER.sub("[^/]+", re.escape(path))), path) for path in paths]

    def operation(self, exchange: Exchange) -> tuple[str, Mapping[str, Any]] | None:
        """The path's template and what is described of the request; None if it is not described at all."""
        for pattern, template in self._templates:
            methods = self._document["paths"][template]
            if pattern.fullmatch(exchange.path) and exchange.method.lower() in methods:
                shared = methods.get("parameters", ())
                operation = methods[exchange.method.lower()]
                return template, {**operation, "parameters": [*shared, *operation.get("parameters", ())]}
        return None

    def mistakes_of_request(self, exchange: Exchange) -> Iterator[str]:
        """What the description does not allow in the request."""
        found = self.operation(exchange)
        if found is None:
            yield "is not described"
            return
        template, operation = found
        if operation.get("deprecated"):
            yield f"{template} is deprecated"
        yield from self._mistakes_of_query(operation, exchange)
        content = self._resolved(operation.get("requestBody", {})).get("content", {})
        if exchange.body is None:
            if self._resolved(operation.get("requestBody", {})).get("required"):
                yield "has no body"
        elif "application/json" not in content:
            yield "has a body, and none is described"
        else:
            yield from self._disagreements(content["application/json"]["schema"], exchange.body, "body")

    def mistakes_of_answer(self, exchange: Exchange) -> Iterator[str]:
        """What the description does not allow in the answer. A refusal that is not described passes."""
        found = self.operation(exchange)
        if found is None:
            return  # said of the request
        responses = found[1]["responses"]
        response = self._resolved(responses.get(str(exchange.status), responses.get("default", {})))
        if not response and exchange.status < 300:
            yield f"status {exchange.status} is not described"
        schema = response.get("content", {}).get("application/json", {}).get("schema")
        if schema is not None:
            yield from self._disagreements(schema, exchange.answer, "answer")

    def _mistakes_of_query(self, operation: Mapping[str, Any], exchange: Exchange) -> Iterator[str]:
        described = [self._resolved(one) for one in operation["parameters"]]
        known = {one["name"]: one for one in described if one["in"] == "query"}
        for name, texts in exchange.query.items():
            if name not in known:
                yield f"the parameter {name!r} is not described"
                continue
            schema = self._resolved(known[name]["schema"])
            if schema.get("type") == "array":
                items = self._resolved(schema["items"])
                value: Any = [_typed(text, items) for text in texts]
            elif len(texts) > 1:
                yield f"the parameter {name!r} comes {len(texts)} times"
                continue
            else:
                value = _typed(texts[0], schema)
            yield from self._disagreements(schema, value, f"parameter {name}")
        for name, one in known.items():
            if one.get("required") and name not in exchange.query:
                yield f"the parameter {name!r} is missing"

    def _disagreements(self, schema: Mapping[str, Any], value: Any, what: str) -> Iterator[str]:
        whole = {**schema, "components": self._document["components"]}
        validator = OAS30Validator(whole, format_checker=oas30_format_checker)
        for error in validator.iter_errors(value):
            if error.instance is None and error.schema.get("nullable"):
                continue  # an enumeration that may be null, and does not list it
            yield f"{what}{error.json_path[1:]}: {error.message[:200]}"

    def _resolved(self, part: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in part:
            target: Any = self._document
            for step in part["$ref"].removeprefix("#/").split("/"):
                target = target[step.replace("~1", "/").replace("~0", "~")]
            part = target
        return part


def _typed(text: str, schema: Mapping[str, Any]) -> Any:
    """A parameter's text as the type it is described to have; the text itself where it is none of it."""
    kind = schema.get("type")
    if kind == "integer" and re.fullmatch(r"-?\d+", text):
        return int(text)
    if kind == "boolean" and text in {"true", "false"}:
        return text == "true"
    return text
