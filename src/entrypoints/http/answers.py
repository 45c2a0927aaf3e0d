"""Response envelopes: JSend and problem details (RFC 9457)."""

from typing import Annotated, Generic, Literal, TypeVar

from msgspec import Meta, Struct

T = TypeVar("T")

RequestId = Annotated[
    str,
    Meta(
        description="The X-Request-ID of this answer; name it when you report a problem.",
        examples=["018f6b2e-7d1a-7c55-9f3e-2a6d5f0e9b41"],
    ),
]
Code = Annotated[
    str, Meta(description="What happened, in a word that never changes: rely on this one.")
]
Message = Annotated[str, Meta(description="What happened, for a person to read.")]


class Success(Struct, Generic[T], frozen=True, kw_only=True):
    """What was asked for."""

    status: Literal["success"] = "success"
    data: T


class WrongField(Struct, frozen=True):
    """One thing wrong with one field."""

    field: Annotated[str, Meta(description="Its name in the body, path or query.")]
    message: Annotated[str, Meta(description="What to change about it.")]


class FailData(Struct, frozen=True, kw_only=True):
    """Why a request was refused."""

    code: Code
    message: Message
    errors: Annotated[list[WrongField], Meta(description="Each wrong field; often empty.")]
    request_id: RequestId


class Fail(Struct, frozen=True, kw_only=True):
    """The caller has to change something (any 4xx)."""

    status: Literal["fail"] = "fail"
    data: FailData


class FaultData(Struct, frozen=True, kw_only=True):
    """Which of our troubles it was."""

    code: Code
    request_id: RequestId


class Fault(Struct, frozen=True, kw_only=True):
    """Something is wrong on our side (any 5xx)."""

    status: Literal["error"] = "error"
    message: Message
    data: FaultData


class Problem(Struct, frozen=True, kw_only=True):
    """An error as RFC 9457 has it.

    The type is `about:blank`, so `title` is the phrase of the status (§4.2.1) and `code` tells
    problems apart.
    """

    type: Literal["about:blank"] = "about:blank"
    title: str
    status: int
    detail: Message
    code: Code
    errors: list[WrongField]
    request_id: RequestId
