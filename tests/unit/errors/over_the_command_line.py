"""How to provoke each code at the command line. A new entry of the catalogue needs one here."""

import json
from collections.abc import Callable

from application.user.deactivate_user import DeactivateUser
from domain.errors import Forbidden
from domain.session.errors import Unauthorized
from domain.signing.errors import KeyInUse, KeyNotFound, KeysExist, KeyTooNew
from entrypoints.cli.errors import DatabaseBehind
from entrypoints.http.server.start_report import ServerFailed
from tests.unit.errors.faults import CONTEXT, FAULTS
from tests.unit.errors.over_http import NOBODY
from tests.unit.errors.scene import ADMIN, ANN, Scene
from tests.world import OPERATOR, PASSWORD

Command = tuple[tuple[str, ...], str]
"""Arguments, and what is piped into it."""

Provocation = Callable[[Scene], Command]
LOG_IN: Command = (("auth", "login", ANN, "--password-stdin"), PASSWORD)


def wrong_password(scene: Scene) -> Command:
    scene.register()
    return LOG_IN[0], "Wrong-Horse-2"


def sign_up(email: str = ANN, password: str = PASSWORD) -> Command:
    return ("users", "register", email, "--password-stdin"), password


def taken_address(scene: Scene) -> Command:
    scene.register()
    return sign_up()


def reused_key(scene: Scene) -> Command:
    arguments, password = sign_up()
    with_key = (*arguments, "--idempotency-key", "a-key-of-ann-s")
    scene.run(with_key, password)
    return (*with_key, "--name", "Ann"), password


def inactive(scene: Scene) -> Command:
    command = DeactivateUser(actor=OPERATOR, user_id=scene.register().user.id)
    scene.do(lambda use_cases: use_cases.deactivate_user(command))
    return LOG_IN


def expired_token(scene: Scene) -> Command:
    token = scene.tokens().access_token
    scene.wait(minutes=16)
    return ("auth", "verify"), token


def ended_session(scene: Scene) -> Command:
    token = scene.tokens().access_token
    scene.run(("auth", "logout"), token)
    return ("auth", "verify"), token


def reused_token(scene: Scene) -> Command:
    first = token = scene.tokens().refresh_token
    for _ in range(2):
        _, out, _ = scene.run(("auth", "refresh", "--json"), token)
        token = json.loads(out)["refresh_token"]
    return ("auth", "refresh"), first


def last_admin(scene: Scene) -> Command:
    scene.admin()
    return ("users", "revoke", ADMIN, "admin"), ""


def unknown_session(scene: Scene) -> Command:
    scene.register()
    return ("sessions", "revoke", ANN, str(NOBODY)), ""


PROVOCATIONS: dict[str, Provocation] = {
    "AUTH_INVALID_CREDENTIALS": wrong_password,
    "AUTH_TOKEN_INVALID": lambda _: (("auth", "verify"), "made.up"),
    "AUTH_TOKEN_EXPIRED": expired_token,
    "AUTH_SESSION_REVOKED": ended_session,
    "AUTH_REFRESH_REUSED": reused_token,
    "USER_NOT_FOUND": lambda _: (("users", "show", ANN), ""),
    "USER_ALREADY_EXISTS": taken_address,
    "USER_INACTIVE": inactive,
    "PASSWORD_TOO_WEAK": lambda _: sign_up(password="nodigitshere"),
    "VALIDATION_FAILED": lambda _: sign_up(email="ann@"),
    "IDEMPOTENCY_KEY_REUSED": reused_key,
    "INVALID_INPUT": lambda _: (("users", "list", "--cursor", "made-up"), ""),
    "RECORD_NOT_FOUND": unknown_session,
    "LAST_ADMIN": last_admin,
}

CLI_FAULTS: dict[str, Exception] = {
    **FAULTS,
    # An operator may do everything, and has no session that could be missing.
    "FORBIDDEN": Forbidden(context=CONTEXT),
    "AUTH_UNAUTHORIZED": Unauthorized(context=CONTEXT),
    # What only `serve` and `db check` raise; their own tests provoke these for real.
    "SERVER_FAILED": ServerFailed(context=CONTEXT),
    "DATABASE_NOT_AT_HEAD": DatabaseBehind(context=CONTEXT),
    # What only `keys` raises, without a database; as above.
    "KEYS_EXIST": KeysExist(context=CONTEXT),
    "KEY_NOT_FOUND": KeyNotFound(context=CONTEXT),
    "KEY_TOO_NEW": KeyTooNew(context=CONTEXT),
    "KEY_IN_USE": KeyInUse(context=CONTEXT),
}
"""For the rest: what the database raises when somebody logs in."""


def scene_for(code: str) -> tuple[Scene, Command]:
    """Set the scene in which a command fails with this code."""
    if code in CLI_FAULTS:
        return Scene(CLI_FAULTS[code]), LOG_IN
    scene = Scene()
    return scene, PROVOCATIONS[code](scene)
