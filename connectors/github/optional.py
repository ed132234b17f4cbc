"""Fields that not every server knows and not every account may read: asked for, and done without."""

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.errors import FixRequestError
from connectors.github.graphql import Reply, ask
from connectors.learned import Learned
from connectors.transport import Transport


async def ask_what_is_known(
    transport: Transport,
    learned: Learned,
    question: str,
    variables: Mapping[str, Any],
    fields: Sequence[str],
    *,
    tries: int,
) -> Reply:
    """Ask the query, without those of the optional `fields` that the server is known not to have.

    An Enterprise Server refuses a query that names a field it does not know: the query is asked again without
    that field, and the field is not asked for again until `ask_again`.

    Raises:
        ConnectorError: as `ask`.
    """
    while True:
        without = left_out(learned, question)
        try:
            return await ask(transport, question, variables, without=without, tries=tries)
        except FixRequestError as error:
            unknown = [field for field in fields if f"'{field}'" in error.what and field not in without]
            if not unknown:
                raise
            leave_out(learned, question, unknown)


def left_out(learned: Learned, question: str) -> list[str]:
    """The fields that are not asked for."""
    return learned.texts(_name(question))


def leave_out(learned: Learned, question: str, fields: Sequence[str]) -> None:
    """Do not ask for these fields any more."""
    learned.put(_name(question), sorted({*left_out(learned, question), *fields}))


def ask_again(learned: Learned, question: str) -> None:
    """Servers are upgraded and permissions granted: the next question asks for everything."""
    learned.forget(_name(question))


def _name(question: str) -> str:
    return f"left out:{question}"
