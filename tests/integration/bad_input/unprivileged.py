"""Run a program that file modes hold for, also when the one who runs it is root.

Root keeps its identity, and with it what it owns; it only loses the capability to pass over
modes (capabilities(7), CAP_DAC_OVERRIDE), at the `exec`. Whoever is not root never had it.
"""

import ctypes
import os
import sys

_PR_CAPBSET_DROP = 24
_CAP_DAC_OVERRIDE = 1

if __name__ == "__main__":
    if os.geteuid() == 0 and ctypes.CDLL(None).prctl(_PR_CAPBSET_DROP, _CAP_DAC_OVERRIDE, 0, 0, 0):
        raise SystemExit("root cannot lay its privileges down here: CAP_SETPCAP is missing")
    os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606 - the point
