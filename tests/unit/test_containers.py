import tomllib
from dataclasses import fields, replace
from itertools import product
from pathlib import Path

import pytest
from dependency_injector import providers

import containers
from adapters.config.adapters import ADAPTERS
from adapters.config.environment import load_settings
from application.invalid_settings import InvalidSettings
from application.ports.lifecycle import Lifecycle
from application.settings import DatabaseSettings, LimitSettings, Settings
from application.use_cases import UseCases
from application.user.get_user import GetUser
from application.user.register_user import RegisterUser
from domain.user.errors import PasswordTooWeak
from tests.world import OPERATOR, PASSWORD, SETTINGS, settings_with, world

ACME = Path(__file__).parents[1] / "packages" / "acme"

URLS = {
    "database": {
        "memory": "memory://",
        "sqlite": "sqlite:///somewhere/armature.db",
        "postgresql": "postgresql://user:secret@localhost/armature",
        "postgres": "postgres://user:secret@localhost/armature",
    },
    "cache": {
        "memory": "memory://",
        "none": "none://",
        "redis": "redis://localhost",
        "rediss": "rediss://localhost",
        "unix": "unix:///somewhere/redis.sock",
        "redis+cluster": "redis+cluster://localhost:7000,localhost:7001",
        "rediss+cluster": "rediss+cluster://localhost:7000",
        "redis+sentinel": "redis+sentinel://localhost:26379/primary",
        "rediss+sentinel": "rediss+sentinel://localhost:26379/primary",
    },
    "active_users": {
        "memory": "memory://",
        "redis": "redis://localhost",
        "rediss": "rediss://localhost",
        "unix": "unix:///somewhere/redis.sock",
        "redis+cluster": "redis+cluster://localhost:7000,localhost:7001",
        "rediss+cluster": "rediss+cluster://localhost:7000",
        "redis+sentinel": "redis+sentinel://localhost:26379/primary",
        "rediss+sentinel": "rediss+sentinel://localhost:26379/primary",
    },
    "rate_limiter": {
        "memory": "memory://",
        "none": "none://",
        "redis": "redis://localhost",
        "rediss": "rediss://localhost",
        "unix": "unix:///somewhere/redis.sock",
        "redis+cluster": "redis+cluster://localhost:7000,localhost:7001",
        "rediss+cluster": "rediss+cluster://localhost:7000",
        "redis+sentinel": "redis+sentinel://localhost:26379/primary",
        "rediss+sentinel": "rediss+sentinel://localhost:26379/primary",
    },
    "inspection": {
        "memory": "memory://",
        "sqlite": "sqlite:///somewhere/armature.db",
        "postgresql": "postgresql://user:secret@localhost/armature",
        "postgres": "postgres://user:secret@localhost/armature",
    },
    "password_hasher": {"argon2id": "argon2id://?m=64&t=1&p=1", "plain": "plain://"},
    "password_policy": {"rules": "rules://upper,lower,digit"},
}


def with_urls(database: str, cache: str, hasher: str = "plain://") -> Settings:
    return replace(
        SETTINGS,
        database=DatabaseSettings(url=database, is_default=False),
        cache_url=cache,
        passwords=replace(SETTINGS.passwords, hasher=hasher),
    )


def test_this_test_knows_every_adapter() -> None:
    assert {role: set(urls) for role, urls in URLS.items()} == {
        role: set(own) for role, own in ADAPTERS.items()
    }


@pytest.mark.parametrize(
    ("database", "cache", "hasher"),
    [*product(*(URLS[role].values() for role in ("database", "cache", "password_hasher")))],
)
async def test_every_provider_builds_under_every_combination(
    database: str, cache: str, hasher: str
) -> None:
    container = containers.build(with_urls(database, cache, hasher))

    built = {
        name: provider() for name, provider in container.providers.items() if name != "settings"
    }

    assert isinstance(built["use_cases"], UseCases)
    for name, value in built.items():
        assert not hasattr(value, "__await__"), f"{name} is something to wait for"


@pytest.mark.parametrize("url", URLS["rate_limiter"].values())
def test_every_rate_limiter_is_built(url: str) -> None:
    container = containers.build(settings_with(rate_limits=LimitSettings(url=url)))

    assert container.limiter().name == "rate limiter"
    assert container.opened().count(container.limiter()) == 1


def test_every_use_case_is_wired_to_a_handler_that_can_be_called() -> None:
    use_cases = containers.build(SETTINGS).use_cases()

    for field in fields(UseCases):
        assert callable(getattr(use_cases, field.name)), field.name


def test_parts_are_built_once() -> None:
    container = containers.build(SETTINGS)

    assert container.database() is container.database()
    assert container.use_cases() is container.use_cases()


@pytest.mark.parametrize(
    ("role", "settings"),
    [
        ("database", with_urls("mysql://localhost", "memory://")),
        ("cache", with_urls("memory://", "memcached://localhost")),
        ("password_hasher", with_urls("memory://", "memory://", "md5://")),
        ("rate_limiter", settings_with(rate_limits=LimitSettings(url="memcached://localhost"))),
        (
            "password_policy",
            settings_with(passwords=replace(SETTINGS.passwords, policy="none")),
        ),
    ],
)
def test_an_unknown_scheme_stops_the_start_and_lists_the_known_ones(
    role: str, settings: Settings
) -> None:
    with pytest.raises(InvalidSettings) as caught:
        containers.build(settings).use_cases()

    for scheme in ADAPTERS[role]:
        assert scheme in str(caught.value)


def test_an_address_that_no_redis_can_have_is_a_problem_of_the_variable_that_gave_it() -> None:
    environ = {"REDIS_URL": "redis://h?nonsense=1", "JWT_SECRET": "s" * 32}

    with pytest.raises(InvalidSettings) as caught:
        containers.build(load_settings(environ).settings)

    (problem,) = caught.value.problems
    assert problem.startswith("REDIS_URL: ")


async def test_parts_open_in_order_and_close_in_reverse() -> None:
    heard: list[str] = []

    class Part(Lifecycle):
        def __init__(self, name: str) -> None:
            self.name = name

        async def open(self) -> None:
            heard.append(f"open {self.name}")
            if self.name == "broken":
                raise OSError(self.name)

        async def close(self) -> None:
            heard.append(f"close {self.name}")

    container = containers.build(SETTINGS)
    container.opened.override(providers.Object([Part("a"), Part("b")]))
    async with containers.opened(container):
        heard.append("run")
    assert heard == ["open a", "open b", "run", "close b", "close a"]

    heard.clear()
    container.opened.override(providers.Object([Part("a"), Part("broken"), Part("c")]))
    with pytest.raises(OSError, match="broken"):
        async with containers.opened(container):
            pass
    assert heard == ["open a", "open broken", "close a"]


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install the package `acme-armature`, as far as the import system can tell."""
    project = tomllib.loads((ACME / "pyproject.toml").read_text())["project"]
    info = tmp_path / "acme_armature-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Name: {project['name']}\nVersion: {project['version']}\n")
    entries = project["entry-points"]["armature.adapters"]
    lines = [f"{name} = {target}" for name, target in entries.items()]
    (info / "entry_points.txt").write_text("\n".join(["[armature.adapters]", *lines]))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.syspath_prepend(str(ACME))


@pytest.mark.usefixtures("acme")
async def test_an_adapter_of_another_package_is_used() -> None:
    settings = with_urls("memory://", "acme://somewhere")
    settings = replace(settings, passwords=replace(settings.passwords, policy="acme://"))

    async with world(settings) as here:
        with pytest.raises(PasswordTooWeak, match="stronger"):
            await here.register()
        registered = await here.do.register_user(
            RegisterUser(email="ann@example.com", password=f"{PASSWORD} acme")
        )
        await here.do.get_user(GetUser(actor=OPERATOR, user=registered.user.id))
        cache = here.container.cache()

    assert vars(cache)["url"] == "acme://somewhere"
    assert len(vars(cache)["kept"]) == 1


@pytest.mark.usefixtures("acme")
def test_another_packages_schemes_are_listed_with_ours() -> None:
    with pytest.raises(InvalidSettings, match="acme, memory, none"):
        containers.build(with_urls("memory://", "nothing://")).cache()
