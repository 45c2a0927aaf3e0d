"""Table of contents: every use case, as drivers call them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from application.actor import Account
from application.audit.entry import AuditEntry
from application.audit.list_audit import ListAudit
from application.health.check_readiness import CheckReadiness, Readiness
from application.limits.limit_call import LimitCall, RefundCall
from application.maintenance.count_expired import CountExpired
from application.maintenance.expiry import Amounts
from application.maintenance.purge_expired import Purged, PurgeExpired
from application.pagination import Page
from application.ports.published_keys import PublicKey
from application.ports.rate_limiter import Ruling
from application.session.authenticate import Authenticate
from application.session.identify_session import IdentifySession
from application.session.list_sessions import ListSessions
from application.session.log_in import LoggedIn, LogIn
from application.session.log_out import LogOut
from application.session.log_out_everywhere import LogOutEverywhere
from application.session.refresh_session import RefreshSession
from application.session.revoke_session import RevokeSession
from application.session.session_opener import TokenPair
from application.session.views import SessionView
from application.signing.list_public_keys import ListPublicKeys
from application.use_case import UseCase
from application.user.activate_user import ActivateUser
from application.user.change_password import ChangedPassword, ChangePassword
from application.user.close_account import CloseAccount
from application.user.deactivate_user import DeactivateUser
from application.user.export_data import ExportData, ExportedData
from application.user.export_users import ExportUsers
from application.user.get_profile import GetProfile
from application.user.get_user import GetUser
from application.user.grant_role import GrantRole
from application.user.import_users import Imported, ImportUsers
from application.user.list_users import ListUsers
from application.user.register_user import RegisterUser
from application.user.replay_registration import Registered
from application.user.revoke_role import RevokeRole
from application.user.update_profile import UpdateProfile
from application.user.user_record import UserRecord
from application.user.views import UserView


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCases:
    register_user: UseCase[RegisterUser, Registered]
    log_in: UseCase[LogIn, LoggedIn]
    refresh_session: UseCase[RefreshSession, TokenPair]
    identify_session: UseCase[IdentifySession, UUID]
    authenticate: UseCase[Authenticate, Account]
    log_out: UseCase[LogOut, None]
    log_out_everywhere: UseCase[LogOutEverywhere, int]
    list_sessions: UseCase[ListSessions, Page[SessionView]]
    revoke_session: UseCase[RevokeSession, None]
    list_public_keys: UseCase[ListPublicKeys, tuple[PublicKey, ...]]

    get_profile: UseCase[GetProfile, UserView]
    update_profile: UseCase[UpdateProfile, UserView]
    change_password: UseCase[ChangePassword, ChangedPassword]
    close_account: UseCase[CloseAccount, None]
    export_data: UseCase[ExportData, ExportedData]

    get_user: UseCase[GetUser, UserView]
    list_users: UseCase[ListUsers, Page[UserView]]
    activate_user: UseCase[ActivateUser, UserView]
    deactivate_user: UseCase[DeactivateUser, UserView]
    grant_role: UseCase[GrantRole, UserView]
    revoke_role: UseCase[RevokeRole, UserView]
    import_users: UseCase[ImportUsers, Imported]
    export_users: UseCase[ExportUsers, AsyncIterator[tuple[UserRecord, ...]]]
    list_audit: UseCase[ListAudit, Page[AuditEntry]]

    count_expired: UseCase[CountExpired, Amounts]
    purge_expired: UseCase[PurgeExpired, Purged]

    limit_call: UseCase[LimitCall, Ruling]
    refund_call: UseCase[RefundCall, None]
    check_readiness: UseCase[CheckReadiness, Readiness]
