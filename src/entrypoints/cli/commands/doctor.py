"""`doctor` command: checks of configuration, dependencies and machine."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from entrypoints.cli.invocation import invocation

if TYPE_CHECKING:
    from application.doctor.finding import Finding


def doctor(
    context: typer.Context,
    *,
    production: Annotated[
        bool, typer.Option("--production", help="Examine as if APP_ENV were production.")
    ] = False,
) -> int:
    """Examine configuration, connections, keys, limits and files; change nothing."""
    from application.doctor.examine import Examine
    from application.doctor.finding import worst
    from entrypoints.cli.daemon_thread_loop import run

    cli = invocation(context)
    findings = run(cli.runtime.doctor(as_production=production)(Examine()))
    data = {
        "state": worst(findings).name.lower(),
        "findings": [_facts(each) for each in findings],
    }
    rows = [tuple(_facts(each).values()) for each in findings]
    cli.terminal.show_table(data, ("check", "state", "found", "what to do"), rows)
    return _exit_code(findings)


def _facts(finding: "Finding") -> dict[str, str]:
    return {
        "check": finding.check,
        "state": finding.state.name.lower(),
        "found": finding.found,
        "advice": finding.advice,
    }


def _exit_code(findings: "Sequence[Finding]") -> int:
    from application.doctor.finding import State
    from entrypoints.cli.errors import CAUTION, EXIT_CODES

    errors = [each for each in findings if each.state is State.ERROR]
    if errors:
        return EXIT_CODES[errors[0].category]
    return CAUTION if any(each.state is State.WARNING for each in findings) else 0
