import pytest

from tests.bench.wrk import BadRunError, parse

PRINTED = """Running 3s test @ http://127.0.0.1:3000/api/v1/users/me
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     3.90ms    1.21ms  31.61ms   88.65%
    Req/Sec     4.14k   303.54     4.68k    70.00%
  Latency Distribution
     50%  500.00us
     75%    4.25ms
     90%    5.02ms
     99%    1.20s
  12345 requests in 3.00s, 8.24MB read
Requests/sec:   4115.30
Transfer/sec:      2.75MB
"""


def test_the_rate_is_a_second_and_latencies_are_in_milliseconds() -> None:
    assert parse(PRINTED) == {"rate": 4115.3, "p50": 0.5, "p90": 5.02, "p99": 1200.0}


@pytest.mark.parametrize(
    "line",
    ["  Non-2xx or 3xx responses: 3", "  Socket errors: connect 0, read 1, write 0, timeout 0"],
)
def test_a_run_with_one_failed_request_is_worth_nothing(line: str) -> None:
    with pytest.raises(BadRunError, match=line.strip().split(":")[0]):
        parse(f"{PRINTED}{line}\n")


def test_a_run_without_answers_is_no_rate_of_zero() -> None:
    with pytest.raises(BadRunError):
        parse(PRINTED.replace("4115.30", "0.00"))


def test_a_run_without_percentiles_is_refused() -> None:
    with pytest.raises(BadRunError):
        parse(PRINTED.replace("99%", "98%"))
