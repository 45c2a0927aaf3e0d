"""One parsed line of an import file."""

from dataclasses import dataclass, field

from application.user.user_record import UserRecord
from domain.errors import FieldError


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`record` is None where `errors` say why; `raw` is all of it, as it stands in the file."""

    line: int
    raw: bytes = field(repr=False)
    record: UserRecord | None = None
    errors: tuple[FieldError, ...] = ()

    @classmethod
    def broken(cls, line: int, raw: bytes, message: str) -> "Row":
        return cls(line=line, raw=raw, errors=(FieldError("line", message),))
