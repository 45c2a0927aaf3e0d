# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "aiosqlite==0.22.1",
#   "argon2-cffi==25.1.0",
#   "litestar[jwt]==2.25.0",
#   "sqlalchemy[asyncio]==2.1.8",
#   "uvicorn[standard]==0.54.0",
# ]
# ///
"""The peer Litestar: its own `JWTAuth` and SQLAlchemy, as its documentation sets them up."""

import asyncio
import os
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from litestar import Litestar, Request, get, post
from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException
from litestar.security.jwt import JWTAuth, Token
from msgspec import Struct, convert
from sqlalchemy import create_engine, select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# As many connections as the load has: with fewer, requests would wait for the pool.
engine = create_async_engine(os.environ["DATABASE_URL"], pool_size=16, max_overflow=0)
new_session = async_sessionmaker(engine, expire_on_commit=False)
# The parameters of the service's own hash.
passwords = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    name: Mapped[str | None]
    bio: Mapped[str | None]
    website: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))
    updated_at: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))


class UserRead(Struct):
    id: uuid.UUID
    email: str
    name: str | None
    bio: str | None
    website: str | None
    is_active: bool
    created_at: datetime
    updated_at: datetime


class Credentials(Struct):
    email: str
    password: str


async def load_user(token: Token, _: ASGIConnection[Any, Any, Any, Any]) -> User | None:
    async with new_session() as session:
        user = await session.get(User, uuid.UUID(token.sub))
    return user if user and user.is_active else None


auth = JWTAuth[User](
    retrieve_user_handler=load_user,
    token_secret=os.environ["JWT_SECRET"],
    default_token_expiration=timedelta(hours=2),
    exclude=["^/auth/", "^/schema"],
)


@post("/auth/register")
async def register(data: Credentials) -> None:
    digest = await asyncio.to_thread(passwords.hash, data.password)
    async with new_session.begin() as session:
        session.add(User(email=data.email, password_hash=digest))


@post("/auth/login")
async def log_in(data: Credentials) -> dict[str, str]:
    async with new_session() as session:
        user = await session.scalar(select(User).where(User.email == data.email))
    if user is None:
        raise NotAuthorizedException
    try:
        # In a thread, where Argon2 releases the GIL: on the loop it would hold up all requests.
        await asyncio.to_thread(passwords.verify, user.password_hash, data.password)
    except VerifyMismatchError as error:
        raise NotAuthorizedException from error
    return {"access_token": auth.create_token(str(user.id))}


@get("/users/me")
async def read_own_record(request: Request[User, Token, Any]) -> UserRead:
    return convert(request.user, UserRead, from_attributes=True)


app = Litestar([register, log_in, read_own_record], on_app_init=[auth.on_app_init])


if __name__ == "__main__":  # before it serves: two workers would both create the table
    Base.metadata.create_all(create_engine(os.environ["DATABASE_URL"].replace("+aiosqlite", "")))
