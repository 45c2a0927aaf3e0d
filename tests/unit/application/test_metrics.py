import re

from application.metrics import METRICS, Counter

KEPT_BY_PROMETHEUS = {"le", "quantile", "job", "instance", "process"}


def test_names_and_labels_are_as_prometheus_has_them() -> None:
    names = [metric.name for metric in METRICS]

    assert len(names) == len(set(names)) > 20
    for metric in METRICS:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", metric.name)
        assert isinstance(metric, Counter) == metric.name.endswith("_total")
        assert not KEPT_BY_PROMETHEUS & set(metric.labels)
        assert metric.meaning.endswith(".")


def test_known_series_have_all_their_labels() -> None:
    counters = [metric for metric in METRICS if isinstance(metric, Counter)]

    for counter in counters:
        assert all(len(labels) == len(counter.labels) for labels in counter.known)
        assert len(set(counter.known)) == len(counter.known)
    assert sum(map(len, (counter.known for counter in counters))) > 10
