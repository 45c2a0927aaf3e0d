from tests.bench.profiles import costs, parts

STACKS = """main (a.py:3);read (b.py:7) 3
main (a.py:4);read (b.py:9);parse (c.py:1) 1
main (a.py:5) 4
"""


def test_a_function_costs_what_it_does_itself_and_what_it_calls() -> None:
    assert costs(STACKS) == [
        " 50.0% itself, 100.0% in all: main (a.py)",
        " 37.5% itself,  50.0% in all: read (b.py)",
        " 12.5% itself,  12.5% in all: parse (c.py)",
    ]


def test_a_function_that_calls_itself_is_counted_once() -> None:
    (line,) = costs("walk (a.py:3);walk (a.py:3) 2\n")

    assert "100.0% in all" in line


def test_threads_that_wait_for_work_cost_nothing() -> None:
    waiting = "run (t.py:1);_worker (concurrent/futures/thread.py:81) 9\n 7\n"

    assert costs(f"{waiting}main (a.py:3) 1\n") == ["100.0% itself, 100.0% in all: main (a.py)"]


def test_what_a_library_does_is_done_for_whoever_of_us_called_it() -> None:
    stacks = """serve (granian/server.py:1);handle (litestar/routes.py:2) 5
serve (granian/server.py:1);write (adapters/telemetry/access_log.py:3);dumps (json/__init__.py:4) 3
run (threading.py:1) 2
"""

    assert parts(stacks) == [
        " 50.0% Litestar",
        " 30.0% metrics, log lines, traces",
        " 20.0% other threads",
    ]
