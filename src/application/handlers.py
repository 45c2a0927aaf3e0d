"""Registry of use case handlers, and how they get the parts that they need (injection by name)."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, cast, get_type_hints

from application.audit.failures import Failures
from application.audit.list_audit import ListAuditHandler
from application.limits.known_devices import KnownDevices
from application.limits.limit_call import LimitCallHandler, RefundCallHandler
from application.limits.log_in_attempts import LogInAttempts
from application.limits.password_guesses import PasswordGuesses
from application.maintenance.count_expired import CountExpiredHandler
from application.maintenance.purge_expired import PurgeExpiredHandler
from application.ports.account_stream import ACCOUNT_STREAM
from application.ports.audit_reader import AUDIT_READER
from application.ports.credential_reader import CREDENTIALS
from application.ports.database import Database
from application.ports.expired_reader import EXPIRED_READER
from application.ports.unit_of_work import RepositoryKey
from application.ports.user_reader import USER_READER
from application.session.authenticate import AuthenticateHandler
from application.session.identify_session import IdentifySessionHandler
from application.session.list_sessions import ListSessionsHandler
from application.session.log_in import LogInHandler
from application.session.log_out import LogOutHandler
from application.session.log_out_everywhere import LogOutEverywhereHandler
from application.session.refresh_session import RefreshSessionHandler
from application.session.revoke_session import RevokeSessionHandler
from application.session.session_opener import SessionOpener, TokenIssuer
from application.signing.list_public_keys import ListPublicKeysHandler
from application.user.activate_user import ActivateUserHandler
from application.user.change_password import ChangePasswordHandler
from application.user.close_account import CloseAccountHandler
from application.user.deactivate_user import DeactivateUserHandler
from application.user.export_data import ExportDataHandler
from application.user.export_users import ExportUsersHandler
from application.user.get_profile import GetProfileHandler
from application.user.get_user import GetUserHandler
from application.user.grant_role import GrantRoleHandler
from application.user.import_users import ImportUsersHandler
from application.user.incoming_user import IncomingUser
from application.user.list_users import ListUsersHandler
from application.user.password_strength import PasswordStrength
from application.user.reauthentication import Reauthentication
from application.user.register_user import RegisterUserHandler
from application.user.replay_registration import ReplayRegistration
from application.user.revoke_role import RevokeRoleHandler
from application.user.update_profile import UpdateProfileHandler

HANDLERS: Mapping[str, type] = {
    "register_user": RegisterUserHandler,
    "log_in": LogInHandler,
    "refresh_session": RefreshSessionHandler,
    "identify_session": IdentifySessionHandler,
    "authenticate": AuthenticateHandler,
    "log_out": LogOutHandler,
    "log_out_everywhere": LogOutEverywhereHandler,
    "list_sessions": ListSessionsHandler,
    "revoke_session": RevokeSessionHandler,
    "list_public_keys": ListPublicKeysHandler,
    "get_profile": GetProfileHandler,
    "get_user": GetUserHandler,
    "update_profile": UpdateProfileHandler,
    "change_password": ChangePasswordHandler,
    "close_account": CloseAccountHandler,
    "export_data": ExportDataHandler,
    "list_users": ListUsersHandler,
    "activate_user": ActivateUserHandler,
    "deactivate_user": DeactivateUserHandler,
    "grant_role": GrantRoleHandler,
    "revoke_role": RevokeRoleHandler,
    "import_users": ImportUsersHandler,
    "export_users": ExportUsersHandler,
    "list_audit": ListAuditHandler,
    "count_expired": CountExpiredHandler,
    "purge_expired": PurgeExpiredHandler,
}
"""The handler of each use case; each of its fields names a part."""

UNDECORATED: Mapping[str, type] = {
    "limit_call": LimitCallHandler,
    "refund_call": RefundCallHandler,
}
"""Those that run beside a use case: neither retried nor traced."""

SERVICES: Mapping[str, type] = {
    "attempts": LogInAttempts,
    "check_strength": PasswordStrength,
    "devices": KnownDevices,
    "failures": Failures,
    "guesses": PasswordGuesses,
    "incoming": IncomingUser,
    "issuer": TokenIssuer,
    "open_session": SessionOpener,
    "reauthenticate": Reauthentication,
    "replay_registration": ReplayRegistration,
}
"""Parts that handlers share, made of other parts in the same way."""


READERS: Mapping[str, RepositoryKey[Any]] = {
    "account_stream": ACCOUNT_STREAM,
    "audit_reader": AUDIT_READER,
    "credentials": CREDENTIALS,
    "expired_reader": EXPIRED_READER,
    "stored_users": USER_READER,
}
"""What handlers read from the database itself, past every cache."""


class Assembly:
    """Builds handlers from `parts`, from readers, and from SERVICES, each of which is made once."""

    def __init__(self, parts: Mapping[str, Any], database: Database) -> None:
        self._parts = {name: database.reader(key) for name, key in READERS.items()} | dict(parts)

    def build(self, kind: type) -> Any:  # noqa: ANN401 - what it is, `kind` says
        """Build one; raises LookupError with the class and the field that has no part."""
        return kind(**{name: self._part(name, kind) for name in _fields(kind)})

    def part(self, name: str) -> Any:  # noqa: ANN401 - as above
        return self._part(name, type(self))

    def writes(self, kind: type) -> bool:
        """Whether a handler, or a service that it has, opens units of work."""
        names = _fields(kind)
        services = (SERVICES[name] for name in names if name in SERVICES)
        return "unit_of_work" in names or any(map(self.writes, services))

    def _part(self, name: str, needed_by: type) -> Any:  # noqa: ANN401 - as above
        if name not in self._parts:
            if name not in SERVICES:
                raise LookupError(f"{needed_by.__name__} needs a part named {name!r}.")
            self._parts[name] = self.build(SERVICES[name])
        return self._parts[name]


def command_of(handler: type) -> type:
    """Return the class of the commands that a handler takes."""
    command, *_ = get_type_hints(handler.__call__).values()
    return cast("type", command)


def _fields(kind: type) -> list[str]:
    return [field.name for field in fields(kind) if field.init]
