"""Every router, in the order of the description."""

from collections.abc import Sequence
from typing import Final

from litestar.types import ControllerRouterHandler

from entrypoints.http.routes.audit import AUDIT
from entrypoints.http.routes.auth import AUTH
from entrypoints.http.routes.docs import docs_page, docs_style, openapi_json
from entrypoints.http.routes.health import health, live, ready
from entrypoints.http.routes.profile import PROFILE
from entrypoints.http.routes.users import USERS
from entrypoints.http.routes.well_known import jwks

ROUTES: Final[Sequence[ControllerRouterHandler]] = (
    health,
    live,
    ready,
    AUTH,
    PROFILE,
    USERS,
    AUDIT,
    jwks,
    openapi_json,
    docs_page,
    docs_style,
)
