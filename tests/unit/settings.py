"""Settings for tests that need some."""

from application.settings import (
    Environment,
    LimitSettings,
    PasswordSettings,
    Settings,
    TokenSettings,
)


def some_settings(
    *, environment: Environment = Environment.TEST, threads: int = 2, queue: int = 64
) -> Settings:
    return Settings(
        environment=environment,
        rate_limits=LimitSettings(url="none://"),
        tokens=TokenSettings(secret=bytes(range(32))),
        passwords=PasswordSettings(threads=threads, queue=queue),
    )
