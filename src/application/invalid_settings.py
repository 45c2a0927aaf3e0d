"""Why the service does not start."""


class InvalidSettings(Exception):
    """Every problem of the configuration at once, each a sentence that begins with its name."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))
