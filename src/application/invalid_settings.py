"""Error that lists every problem of the configuration."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from application.settings import Settings


class InvalidSettings(Exception):
    """Every problem of the configuration at once, each a sentence that begins with its variable.

    `settings` is for diagnosis only, never for a start: it is there where every value is readable
    by itself, except JWT_SECRET, which is empty then.
    """

    def __init__(self, problems: tuple[str, ...], settings: "Settings | None" = None) -> None:
        self.problems = problems
        self.settings = settings
        super().__init__("\n".join(problems))
