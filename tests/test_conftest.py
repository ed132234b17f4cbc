import socket

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine


def test_another_machine_cannot_be_reached() -> None:
    with pytest.raises(pytest.fail.Exception, match="only loopback"), socket.socket() as wire:
        wire.connect(("192.0.2.1", 80))


def test_a_name_is_not_looked_up() -> None:
    with pytest.raises(pytest.fail.Exception, match="only loopback"):
        socket.getaddrinfo("larkfield.atlassian.net", 443)


async def test_a_fresh_database_answers_and_is_empty(database_url: str) -> None:
    engine = create_async_engine(database_url)
    async with engine.connect() as connection:
        assert await connection.scalar(sa.text("select 1")) == 1
        assert await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names()) == []
    await engine.dispose()
