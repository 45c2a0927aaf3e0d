"""How many passwords a second the hash alone allows: `python -m tests.bench.raw_hashes THREADS S`.

The parameters are those of the default `PASSWORD_HASHER`; nothing else runs in the process.
"""

import subprocess
import sys
import threading
import time

from argon2 import PasswordHasher

HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


def rate(threads: int, seconds: float) -> dict[str, float]:
    """Give the `rate` of hashes a second, made in a process of their own."""
    command = [sys.executable, "-m", "tests.bench.raw_hashes", str(threads), str(seconds)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return {"rate": float(done.stdout)}


def main(threads: int, seconds: float) -> None:
    counts = [0] * threads
    began = time.perf_counter()
    until = began + seconds

    def work(number: int) -> None:
        while time.perf_counter() < until:
            HASHER.hash("Correct-Horse-1")
            counts[number] += 1

    workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(sum(counts) / (time.perf_counter() - began))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
