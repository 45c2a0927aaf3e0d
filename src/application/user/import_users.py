"""Import users from another system."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from application.actor import Actor, require_operator
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory
from application.ports.user_repository import USERS, InsertResult
from application.user.incoming_user import IncomingUser
from application.user.user_record import UserRecord
from domain.errors import FieldError, ValidationFailed
from domain.user.user import User

MAX_BATCH: Final = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportUsers:
    """One batch of at most MAX_BATCH records, in one transaction; a `dry_run` rolls it back.

    Give all batches of a dry run the same `earlier`, which stands for what they would have added.
    `without_password` lets records pass that have no hash: nobody can log in to such an account
    until an operator sets a password. `allow_roles` lets records give roles, `admin` among them.
    """

    actor: Actor
    records: tuple[UserRecord, ...] = field(repr=False)
    without_password: bool = False
    allow_roles: bool = False
    dry_run: bool = False
    earlier: "Earlier | None" = field(default=None, repr=False)


class Earlier:
    """Addresses and ids that earlier batches of a dry run would have added, as 64 bits of each."""

    def __init__(self) -> None:
        self._users: set[int] = set()

    def add(self, users: Iterable[User]) -> None:
        for user in users:
            self._users |= {hash(user.email.key), hash(user.id)}

    def has_address_of(self, user: User) -> bool:
        return hash(user.email.key) in self._users

    def has_id_of(self, user: User) -> bool:
        return hash(user.id) in self._users


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that became no account, and why."""

    line: int
    errors: tuple[FieldError, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a batch: `there_already` were imported before, and stayed as they are."""

    added: int
    there_already: int
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportUsersHandler:
    """Add those accounts that are right and whose addresses are free; never change one.

    Safe to give again: what was imported is there already, and each account is made once, also
    when two import the same at the same time.
    """

    unit_of_work: UnitOfWorkFactory
    incoming: IncomingUser
    clock: Clock

    async def __call__(self, command: ImportUsers) -> Imported:
        require_operator(command.actor)
        if len(command.records) > MAX_BATCH:
            raise ValidationFailed.of("records", f"A batch has at most {MAX_BATCH} records.")
        read = _Read(command.earlier or Earlier())
        now = self.clock.now()
        for record in command.records:
            try:
                user = self.incoming.read(
                    record,
                    now,
                    without_password=command.without_password,
                    allow_roles=command.allow_roles,
                )
            except ValidationFailed as failed:
                read.refused.append(Refused(record.line, failed.errors))
            else:
                read.take(user, record.line)
        users = [*read.users.values()]
        results = await self._add(users, dry_run=command.dry_run)
        if command.earlier is not None:
            added = zip(users, results, strict=True)
            command.earlier.add(user for user, result in added if result is InsertResult.ADDED)
        for line, result in zip(read.lines, results, strict=True):
            if result is InsertResult.TAKEN:
                read.refused.append(Refused(line, (_TAKEN,)))
        return Imported(
            added=results.count(InsertResult.ADDED),
            there_already=read.repeated + results.count(InsertResult.ALREADY_IMPORTED),
            refused=tuple(sorted(read.refused, key=lambda each: each.line)),
        )

    async def _add(self, users: list[User], *, dry_run: bool) -> tuple[InsertResult, ...]:
        if not users:
            return ()
        async with self.unit_of_work() as uow:
            results = await uow.repository(USERS).add_new(users)
            if not dry_run:
                await uow.commit()
        return results


_TAKEN: Final = FieldError(
    "email", "Another account, which was not imported, has this address, or this id."
)


@dataclass(slots=True)
class _Read:
    """The accounts of a batch by address; a second one with the same is there already."""

    earlier: Earlier
    users: dict[str, User] = field(default_factory=dict)
    lines: list[int] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    repeated: int = 0
    _ids: set[object] = field(default_factory=set)

    def take(self, user: User, line: int) -> None:
        if user.email.key in self.users or self.earlier.has_address_of(user):
            self.repeated += 1
        elif self.earlier.has_id_of(user):
            self.refused.append(Refused(line, (_TAKEN,)))
        elif user.id in self._ids:
            self.refused.append(Refused(line, (FieldError("id", "An earlier line has this id."),)))
        else:
            self.users[user.email.key] = user
            self.lines.append(line)
            self._ids.add(user.id)
