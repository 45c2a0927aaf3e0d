from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from application.actor import Account
from application.user.change_password import ChangePassword
from application.user.close_account import CloseAccount
from application.user.reauthentication import Proof
from application.user.update_profile import UpdateProfile
from domain.session.errors import SessionRevoked
from domain.user.errors import InvalidCredentials
from tests.builders import a_user
from tests.unit.application.meanwhile import Meanwhile
from tests.world import OPERATOR, PASSWORD, World, world

RESET = "Another-Horse-2"


def change_password(here: World, ann: Account) -> Awaitable[object]:
    return here.do.change_password(
        ChangePassword(
            actor=ann, user_id=ann.user_id, old_password=PASSWORD, new_password="Third-Horse-3"
        )
    )


def close_account(here: World, ann: Account) -> Awaitable[object]:
    return here.do.close_account(CloseAccount(actor=ann, user_id=ann.user_id, password=PASSWORD))


def change_address(here: World, ann: Account) -> Awaitable[object]:
    return here.do.update_profile(
        UpdateProfile(actor=ann, user_id=ann.user_id, email="lee@example.com", password=PASSWORD)
    )


@pytest.mark.parametrize("change", [change_password, close_account, change_address])
async def test_a_password_that_was_replaced_while_it_was_checked_proves_nothing(
    change: Callable[[World, Account], Awaitable[object]],
) -> None:
    hasher = Meanwhile()
    async with world(hasher=hasher) as here:
        ann = await here.actor()
        reset = ChangePassword(actor=OPERATOR, user_id=ann.user_id, new_password=RESET)
        hasher.next = partial(here.do.change_password, reset)

        with pytest.raises(SessionRevoked):
            await change(here, ann)

        assert (await here.log_in(password=RESET)).user.email == "ann@example.com"


def test_a_proof_is_of_the_password_that_the_account_has_under_lock() -> None:
    user = a_user()

    Proof(user.password_hash).check(user)
    Proof(None).check(user)
    with pytest.raises(InvalidCredentials):
        Proof("of another password").check(user)
