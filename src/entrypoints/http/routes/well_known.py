"""`/.well-known` routes (RFC 8615): JWKS."""

from typing import Annotated, Final

from litestar import Response, get
from litestar.datastructures import ResponseHeader
from msgspec import Meta, Struct

from application.limits.groups import PUBLIC
from application.ports.published_keys import PublicKey
from application.signing.list_public_keys import ListPublicKeys
from domain.signing.key_set import MAX_AGE
from entrypoints.http.guards import public
from entrypoints.http.request import ApiRequest
from entrypoints.http.route_rules import rules

JWK_SET: Final = "application/jwk-set+json"
_CACHE: Final = f"public, max-age={int(MAX_AGE.total_seconds())}"


class Jwk(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A public key (RFC 7517); which of the last five it has depends on `kty`."""

    kty: Annotated[str, Meta(examples=["OKP"])]
    use: Annotated[str, Meta(examples=["sig"])]
    alg: Annotated[str, Meta(description="`EdDSA`, `ES256` or `RS256`.", examples=["EdDSA"])]
    kid: Annotated[str, Meta(examples=["0oELY_9G5VDr_4Hg5E1YJPXvyLVBBDTmj-ekYbI2Nxc"])]
    crv: str | None = None
    x: str | None = None
    y: str | None = None
    n: str | None = None
    e: str | None = None


class JwkSet(Struct, frozen=True):
    """Every key that a token may be signed with."""

    keys: list[Jwk]


@get(
    "/.well-known/jwks.json",
    tags=["Keys"],
    summary="By which keys are access tokens signed?",
    media_type=JWK_SET,
    response_headers=[ResponseHeader("Cache-Control", value=_CACHE)],
    **rules(public, limits=PUBLIC),
)
async def jwks(request: ApiRequest) -> Response[JwkSet]:
    """Gives the public keys as a JWK set (RFC 7517), the signing one first.

    A token names its key in `kid`. A new key is listed here before anything is signed with it.
    The set is empty where tokens are signed with a secret, which nobody else can verify.
    """
    keys = await request.use_cases.list_public_keys(ListPublicKeys())
    return Response(JwkSet([*map(_jwk, keys)]))


def _jwk(key: PublicKey) -> Jwk:
    return Jwk(kty=key.type, use="sig", alg=key.algorithm, kid=key.id, **key.parameters)
