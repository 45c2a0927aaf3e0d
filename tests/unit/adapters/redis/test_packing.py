import pytest
from redis.asyncio import Connection

from adapters.redis.client import PackingConnection


@pytest.mark.parametrize(
    "command",
    [
        ("PING",),
        ("GET", "user:1"),
        ("SET", "ключ", b"\x00\r\n\xff", "PX", 1000),
        ("EVALSHA", "0" * 40, 2, "a", "b", 10, -60_000_000, 2**63 - 1),
        ("CLIENT SETINFO", "LIB-NAME", "redis-py"),
        (b"CONFIG GET", b"maxmemory"),
        ("SET", "large", b"x" * 100_000),
        ("SET", "empty", ""),
        ("SET", "changing", bytearray(b"text")),
    ],
    ids=lambda command: str(command[:2]),
)
def test_a_command_is_written_as_redis_py_writes_it(command: tuple[str, ...]) -> None:
    own = Connection().pack_command(*command)

    assert b"".join(PackingConnection().pack_command(*command)) == b"".join(own)
