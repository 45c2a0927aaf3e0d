"""A runtime whose use cases only remember what they were asked, and a way to run commands on it."""

import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from application.actor import Account, Operator
from application.audit.entry import AuditEntry
from application.doctor.examine import Examine
from application.doctor.finding import Finding
from application.ports.migrations import Migrations
from application.session.session_opener import TokenPair
from application.session.views import SessionRecord, SessionView
from application.settings import DescribedVariable, PasswordSettings, Settings, TokenSettings
from application.use_case import UseCase
from application.use_cases import UseCases
from application.user.export_data import ExportedData
from application.user.views import UserView
from domain.user.role import ADMIN
from entrypoints.cli.main import run
from entrypoints.cli.runtime import Runtime

OPERATOR = Operator("ada")
USER_ID = UUID("01a204e9-9299-764c-8ade-73a40d7865d0")
SESSION_ID = UUID("01a204e9-9365-777e-a6dd-12ed03480f57")
NOON = datetime(2026, 1, 2, 12, 0, 0, 250000, tzinfo=UTC)
USER = UserView(
    id=USER_ID,
    email="grace.brewster.murray.hopper@navy.example.org",
    name="Grace Hopper",
    bio=None,
    website=None,
    roles=("admin", "auditor"),
    is_active=True,
    created_at=NOON,
    updated_at=NOON,
)
USER_JSON = {
    "id": str(USER_ID),
    "email": USER.email,
    "name": "Grace Hopper",
    "bio": None,
    "website": None,
    "roles": ["admin", "auditor"],
    "is_active": True,
    "created_at": "2026-01-02T12:00:00.250000Z",
    "updated_at": "2026-01-02T12:00:00.250000Z",
}
TOKENS = TokenPair(
    access_token="a" * 300, refresh_token="r" * 43, expires_in=900, session_id=SESSION_ID
)
TOKENS_JSON = {
    "token": "a" * 300,
    "token_type": "Bearer",
    "expires_in": 900,
    "refresh_token": "r" * 43,
}
SESSION = SessionView(
    id=SESSION_ID,
    created_at=NOON,
    last_used_at=NOON,
    expires_at=NOON,
    client_address="203.0.113.9",
    user_agent=None,
)
EXPORT = ExportedData(
    exported_at=NOON,
    user=USER,
    sessions=(
        SessionRecord(
            id=SESSION_ID,
            created_at=NOON,
            last_used_at=NOON,
            expires_at=NOON,
            client_address=None,
            user_agent=None,
            ended_at=NOON,
            end_reason="revoked",
            mode="token",
            network="203.0.113.0/24",
        ),
    ),
    sessions_are_complete=True,
    audit=(
        AuditEntry(
            id=SESSION_ID,
            occurred_at=NOON,
            type="role.granted",
            user_id=USER_ID,
            request_id="call-1",
            details={"role": "admin"},
        ),
    ),
    audit_is_complete=True,
)
ACCOUNT = Account(user_id=USER_ID, session_id=SESSION_ID, roles=frozenset({ADMIN}))


class RecordedMigrations(Migrations):
    def __init__(self) -> None:
        self.at: str | None = None

    def upgrade(self, revision: str = "head") -> None:
        self.at = "0002" if revision == "head" else revision

    def downgrade(self, revision: str) -> None:
        self.at = None if revision == "base" else revision

    def current(self) -> str | None:
        return self.at

    def head(self) -> str:
        return "0002"


@dataclass
class FakeRuntime(Runtime):
    """`answers` are by use case: a result, or an error to raise; `asked` is every command."""

    answers: dict[str, object] = field(default_factory=dict)
    asked: list[object] = field(default_factory=list)
    overridden: dict[str, str] = field(default_factory=dict)
    database: RecordedMigrations = field(default_factory=RecordedMigrations)
    configuration: Settings | Exception = field(
        default_factory=lambda: Settings(
            tokens=TokenSettings(secret=b"s" * 32), passwords=PasswordSettings(threads=1)
        )
    )
    cautions: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    ran: list[str] = field(default_factory=list)

    def override(self, variables: Mapping[str, str]) -> None:
        self.overridden.update(variables)

    def settings(self) -> Settings:
        if isinstance(self.configuration, Exception):
            raise self.configuration
        return self.configuration

    def warnings(self) -> tuple[str, ...]:
        return self.cautions

    def variables(self) -> tuple[DescribedVariable, ...]:
        return (DescribedVariable(name="HTTP_PORT", value="3000", source="default"),)

    def operator(self) -> Operator:
        return OPERATOR

    @asynccontextmanager
    async def use_cases(self) -> AsyncIterator[UseCases]:
        made: dict[str, Any] = {each.name: self._use_case(each.name) for each in fields(UseCases)}
        yield UseCases(**made)

    def migrations(self) -> Migrations:
        return self.database

    def await_database(self) -> None:
        """Do nothing: the database is here."""

    @contextmanager
    def traced(self, command: str) -> Iterator[None]:
        self.ran.append(command)
        yield

    def doctor(self, *, as_production: bool) -> UseCase[Examine, tuple[Finding, ...]]:
        async def examine(_: Examine) -> tuple[Finding, ...]:
            self.asked.append(as_production)
            return self.findings

        return examine

    def serve(self) -> int:
        return 10

    def openapi_document(self) -> bytes:
        return b'{"openapi": "3.1.0"}'

    def _use_case(self, name: str) -> Callable[[object], Awaitable[object]]:
        async def remember(command: object) -> object:
            self.asked.append(command)
            answer = self.answers[name]
            if isinstance(answer, list):
                answer = answer.pop(0)
            if isinstance(answer, BaseException):
                raise answer
            return answer

        return remember


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - what a script would get
        return json.loads(self.out)

    @property
    def error(self) -> Any:  # noqa: ANN401 - what a script would get
        return json.loads(self.err)["error"]


class Typed(io.TextIOWrapper):
    """Standard input with a person in front of it."""

    def isatty(self) -> bool:
        return True


def drive(runtime: Runtime, *args: str, piped: bytes = b"", typed: str | None = None) -> Outcome:
    """Run a command; `typed` puts a person at its terminal."""
    raw = io.BytesIO(piped if typed is None else typed.encode())
    stdin = (io.TextIOWrapper if typed is None else Typed)(raw, encoding="utf-8")
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    code = run(args, runtime, stdin=stdin, stdout=out, stderr=err)
    return Outcome(code, _written(out), _written(err))


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()
