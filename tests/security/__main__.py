"""Look for weaknesses, secrets and known flaws: `just security`.

Prints every finding and one table. Exits with 0 when nothing was found, 1 when something was, and
2 when something could not be checked, which is never taken for clean.
"""

import argparse
import sys
from pathlib import Path

from tests.security import sarif
from tests.security.scans import SCANS, write_baseline
from tests.security.verdict import tell


def main() -> int:
    parser = argparse.ArgumentParser(prog="just security", description=__doc__)
    parser.add_argument(
        "--offline", action="store_true", help="leave out what asks an advisory source"
    )
    parser.add_argument(
        "--write-baseline", action="store_true", help="take today's suspicions for no secrets"
    )
    parser.add_argument(
        "--sarif", metavar="FOLDER", type=Path, help="write what is found for code scanning, only"
    )
    options = parser.parse_args()
    if options.sarif:
        sarif.write(options.sarif)
        return 0
    if options.write_baseline:
        write_baseline()
        return 0
    return tell(scan(options.offline) for scan in SCANS)


if __name__ == "__main__":
    sys.exit(main())
