"""Check all that brings the service to where it runs: `just check-deploy`.

Prints every finding and one table. Exits with 0 when nothing was found, 1 when something was, and
2 when something could not be checked, which is never taken for clean.
"""

import sys

from tests.deploy.checks import CHECKS
from tests.security.verdict import Row, exit_code, table


def main() -> int:
    rows: list[Row] = []
    for check in CHECKS:
        row = check()
        rows.append(row)
        print(f"{row.tool}: {row.report.verdict.value}", file=sys.stderr, flush=True)
        for finding in row.report.findings:
            print(f"    {finding}", flush=True)
    print(f"\n{table(rows)}")
    return exit_code(rows)


if __name__ == "__main__":
    sys.exit(main())
