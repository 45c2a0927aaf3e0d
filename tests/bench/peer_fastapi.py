# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "aiosqlite==0.22.1",
#   "fastapi==0.163.0",
#   "fastapi-users[sqlalchemy]==15.0.5",
#   "sqlalchemy[asyncio]==2.0.57", # fastapi-users-db-sqlalchemy 7 has no support for 2.1
#   "uvicorn[standard]==0.54.0",
# ]
# ///
"""The peer FastAPI: fastapi-users, SQLAlchemy and JWT, as their documentation sets them up."""

import os
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, FastAPI
from fastapi_users import BaseUserManager, FastAPIUsers, UUIDIDMixin, schemas
from fastapi_users.authentication import AuthenticationBackend, BearerTransport, JWTStrategy
from fastapi_users.password import PasswordHelper
from fastapi_users_db_sqlalchemy import SQLAlchemyBaseUserTableUUID, SQLAlchemyUserDatabase
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SECRET = os.environ["JWT_SECRET"]
# As many connections as the load has: with fewer, requests would wait for the pool.
engine = create_async_engine(os.environ["DATABASE_URL"], pool_size=16, max_overflow=0)
new_session = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class User(SQLAlchemyBaseUserTableUUID, Base):
    name: Mapped[str | None]
    bio: Mapped[str | None]
    website: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))
    updated_at: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))


class UserRead(schemas.BaseUser[uuid.UUID]):
    name: str | None
    bio: str | None
    website: str | None
    created_at: datetime
    updated_at: datetime


class UserManager(UUIDIDMixin, BaseUserManager[User, uuid.UUID]):
    pass


async def session() -> AsyncIterator[AsyncSession]:
    async with new_session() as opened:
        yield opened


# The parameters of the service's own hash: fastapi-users would take those of pwdlib.
passwords = PasswordHelper(
    PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19456, parallelism=1),))
)


async def user_manager(opened: Annotated[AsyncSession, Depends(session)]) -> UserManager:
    return UserManager(SQLAlchemyUserDatabase(opened, User), passwords)


backend = AuthenticationBackend(
    "jwt", BearerTransport("auth/jwt/login"), lambda: JWTStrategy(SECRET, lifetime_seconds=7200)
)
users = FastAPIUsers[User, uuid.UUID](user_manager, [backend])
app = FastAPI()
app.include_router(users.get_auth_router(backend), prefix="/auth/jwt")
app.include_router(users.get_register_router(UserRead, schemas.BaseUserCreate), prefix="/auth")
app.include_router(users.get_users_router(UserRead, schemas.BaseUserUpdate), prefix="/users")


if __name__ == "__main__":  # before it serves: two workers would both create the table
    Base.metadata.create_all(create_engine(os.environ["DATABASE_URL"].replace("+aiosqlite", "")))
