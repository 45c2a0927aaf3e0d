"""Prometheus exposition of all server processes, served by their parent."""

import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from adapters.telemetry.limits import cpu_limit, memory_limit
from application.invalid_settings import InvalidSettings

if TYPE_CHECKING:
    from prometheus_client import Metric

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names the folder of prometheus-client's multiprocess mode."""

Processes = Callable[[], dict[str, int]]
"""Gives the ids of the processes that live, by a name that stays when they are replaced."""


_NO_FOLDER: Final = (
    "METRICS_PORT: no folder for temporary files can be written to; mount /tmp, name one in TMPDIR,"
    " or set 0 for no metrics."
)


@contextmanager
def folder() -> Iterator[None]:
    """Let this process and those it starts share a fresh folder for their numbers.

    Raises InvalidSettings where none can be made.
    """
    try:
        path = tempfile.mkdtemp(prefix="armature-metrics-")
    except OSError:
        raise InvalidSettings((_NO_FOLDER,)) from None
    os.environ[FOLDER] = path
    try:
        yield
    finally:
        os.environ.pop(FOLDER, None)
        shutil.rmtree(path, ignore_errors=True)


def expose(host: str, port: int, version: str, processes: Processes) -> None:
    """Serve `/metrics` from a thread, as long as this process lives; raises OSError."""
    import prometheus_client  # noqa: PLC0415 - only in a process that serves

    registry = prometheus_client.CollectorRegistry()
    registry.register(_Shared(Path(os.environ[FOLDER])))
    registry.register(_About(version))
    registry.register(_Processes(processes))
    prometheus_client.start_http_server(port, host, registry)


class _Shared:
    """Adds up what all processes wrote. Gauges of the dead are left out; their counts stay."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def collect(self) -> "Iterable[Metric]":
        from prometheus_client.multiprocess import (  # noqa: PLC0415 - as above
            MultiProcessCollector,
            mark_process_dead,
        )

        for file in self._path.glob("gauge_live*_*.db"):
            pid = int(file.stem.rpartition("_")[2])
            if not _lives(pid):
                mark_process_dead(pid, str(self._path))  # type: ignore[no-untyped-call]  # it has no types
        yield from MultiProcessCollector(None, str(self._path)).collect()  # type: ignore[no-untyped-call]  # as above


class _About:
    def __init__(self, version: str) -> None:
        self._version = version

    def collect(self) -> "Iterable[Metric]":
        from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415 - as above

        info = GaugeMetricFamily(
            "armature_build_info",
            "Always 1; the labels say what runs.",
            labels=("version", "python"),
        )
        info.add_metric((self._version, platform.python_version()), 1)
        yield info
        yield GaugeMetricFamily(
            "armature_cpu_limit", "Cores that the service may use.", value=cpu_limit()
        )
        if (limit := memory_limit()) is not None:
            yield GaugeMetricFamily(
                "armature_memory_limit_bytes", "Memory that the service may use.", value=limit
            )


class _Processes:
    """`process_*` as every client library has them, for each process."""

    def __init__(self, processes: Processes) -> None:
        self._processes = processes

    def collect(self) -> "Iterable[Metric]":
        from prometheus_client.core import (  # noqa: PLC0415 - as above
            CounterMetricFamily,
            GaugeMetricFamily,
        )
        from prometheus_client.process_collector import ProcessCollector  # noqa: PLC0415 - as above

        merged: dict[str, Metric] = {}
        for name, pid in self._processes().items():
            for metric in ProcessCollector(pid=partial(str, pid), registry=None).collect():
                family = CounterMetricFamily if metric.type == "counter" else GaugeMetricFamily
                kept = merged.setdefault(
                    metric.name, family(metric.name, metric.documentation, labels=("process",))
                )
                for sample in metric.samples:
                    kept.add_sample(sample.name, {"process": name}, sample.value)
        yield from merged.values()


def _lives(pid: int) -> bool:
    """Whether the process runs; one that ended and was not waited for does not."""
    with suppress(OSError):
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2]
        return not state.startswith(("Z", "X"))
    if Path("/proc/self/stat").exists():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
