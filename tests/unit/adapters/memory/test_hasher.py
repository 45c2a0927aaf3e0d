from collections.abc import AsyncIterator

import pytest

from adapters.memory.hasher import PlainHasher, create
from application.errors import DependencyUnavailable
from application.invalid_settings import InvalidSettings
from application.settings import Environment
from tests.unit.contracts.password_hasher import PASSWORD, PasswordHasherContract
from tests.unit.settings import some_settings


class TestPlainHasher(PasswordHasherContract):
    @pytest.fixture
    async def hasher(self) -> AsyncIterator[PlainHasher]:
        hasher = create("plain://", some_settings())
        await hasher.open()
        yield hasher
        await hasher.close()

    @pytest.fixture
    async def stricter(self) -> AsyncIterator[PlainHasher]:
        stricter = create("plain://2", some_settings())
        await stricter.open()
        yield stricter
        await stricter.close()


async def test_before_it_is_open_it_is_unavailable() -> None:
    with pytest.raises(DependencyUnavailable):
        await PlainHasher().hash(PASSWORD)


def test_production_refuses_it() -> None:
    with pytest.raises(InvalidSettings, match=r"^PASSWORD_HASHER: "):
        create("plain://", some_settings(environment=Environment.PRODUCTION))


@pytest.mark.parametrize("url", ["plain://a$b", "plain://?x=1", "plain://a/b"])
def test_a_version_is_one_word(url: str) -> None:
    with pytest.raises(InvalidSettings, match=r"^PASSWORD_HASHER: "):
        create(url, some_settings())
