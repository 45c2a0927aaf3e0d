"""The variables that say who may call from where; `variables` lists them among the others."""

from datetime import timedelta

from adapters.system.origins import networks, origins
from adapters.system.parsers import duration
from adapters.system.variable import Variable

HEADER_TIMEOUT = Variable(
    name="HEADER_TIMEOUT",
    default="10s",
    parse=duration(timedelta(milliseconds=100), timedelta(hours=1)),
    meaning="how long a connection may be idle, or send the head of a request",
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
