"""Check all that brings the service to where it runs: `just check-deploy`.

Prints every finding and one table. Exits with 0 when nothing was found, 1 when something was, and
2 when something could not be checked, which is never taken for clean.
"""

import sys

from tests.deploy.checks import CHECKS
from tests.security.verdict import tell

if __name__ == "__main__":
    sys.exit(tell(check() for check in CHECKS))
