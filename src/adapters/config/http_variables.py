"""Variables of the HTTP server; `variables` lists all."""

from datetime import timedelta

from adapters.config.origins import networks, origins
from adapters.config.parsers import duration, hosts, integer, word
from adapters.config.rate_limits import parse_rate_limits
from adapters.config.urls import parse_url
from adapters.config.variable import Variable

HTTP_HOST = Variable(
    name="HTTP_HOST", default="127.0.0.1", parse=word, meaning="address the API listens on"
)
HTTP_PORT = Variable(
    name="HTTP_PORT",
    default="3000",
    parse=integer(1, 65535, because="; with 0 each worker would get a port of its own"),
    meaning="port the API listens on",
)
HTTP_WORKERS = Variable(
    name="HTTP_WORKERS", default="1", parse=integer(1, 256), meaning="server processes"
)
METRICS_PORT = Variable(
    name="METRICS_PORT",
    default="2112",
    parse=integer(0, 65535),
    meaning="port that `/metrics` listens on, on `HTTP_HOST`; `0` is off",
)
HEADER_TIMEOUT = Variable(
    name="HEADER_TIMEOUT",
    default="10s",
    parse=duration(timedelta(milliseconds=100), timedelta(hours=1)),
    meaning="how long a connection may be idle, or send the head of a request",
)
ALLOWED_HOSTS = Variable(
    name="ALLOWED_HOSTS",
    default="",
    parse=hosts,
    meaning="host names, with commas, that the API answers to; empty answers to all",
)
TRUSTED_PROXIES = Variable(
    name="TRUSTED_PROXIES",
    default="",
    parse=networks,
    meaning="addresses and CIDRs, with commas, of proxies that say who calls and by which scheme",
)
CORS_ALLOWED_ORIGINS = Variable(
    name="CORS_ALLOWED_ORIGINS",
    default="",
    parse=origins,
    meaning="origins, with commas, whose pages may call the API from a browser; empty is none",
)
RATE_LIMIT_URL = Variable(
    name="RATE_LIMIT_URL",
    default=lambda texts: texts["REDIS_URL"] or "memory://",
    shown="`REDIS_URL`, else `memory://`",
    parse=parse_url,
    meaning="`memory://`, `none://` or one of the Redis URLs below",
    is_url=True,
)
RATE_LIMITS = Variable(
    name="RATE_LIMITS",
    default="login=10/15m,register=5/15m,api=100/1m,public=600/1m,email-change=5/1d,"
    "password-proof=10/15m,login-account=10/15m,login-known=10/15m,login-network=1/15m,"
    "login-global=1000/1m,login-global-network=10/15m",
    parse=parse_rate_limits,
    meaning="limits by name, as below; what is not named keeps its default",
)
