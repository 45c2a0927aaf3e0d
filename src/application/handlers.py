"""Registry of use case handlers."""

from collections.abc import Mapping

from application.audit.list_audit import ListAuditHandler
from application.maintenance.count_expired import CountExpiredHandler
from application.maintenance.purge_expired import PurgeExpiredHandler
from application.session.authenticate import AuthenticateHandler
from application.session.identify_session import IdentifySessionHandler
from application.session.list_sessions import ListSessionsHandler
from application.session.log_in import LogInHandler
from application.session.log_out import LogOutHandler
from application.session.log_out_everywhere import LogOutEverywhereHandler
from application.session.refresh_session import RefreshSessionHandler
from application.session.revoke_session import RevokeSessionHandler
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
from application.user.list_users import ListUsersHandler
from application.user.register_user import RegisterUserHandler
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
"""Who does each use case; what a handler needs is found by the names of its fields."""
