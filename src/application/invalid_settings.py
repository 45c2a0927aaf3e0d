"""Error that lists every problem of the configuration."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from application.settings import Settings


class InvalidSettings(Exception):
    """Every problem of the configuration at once, each a sentence that begins with its name.

    `settings` are what was read where each value by itself can be, but for JWT_SECRET, which is
    empty then; for whoever looks further, never to start with.
    """

    def __init__(self, problems: tuple[str, ...], settings: "Settings | None" = None) -> None:
        self.problems = problems
        self.settings = settings
        super().__init__("\n".join(problems))
