import pytest

from application.session.authenticate import Authenticate
from application.user.change_password import ChangePassword
from application.user.close_account import CloseAccount
from application.user.get_profile import GetProfile
from application.user.get_user import GetUser
from application.user.update_profile import UpdateProfile
from domain.errors import Forbidden, ValidationFailed
from domain.session.errors import SessionRevoked
from domain.session.events import EndReason, SessionsEnded
from domain.user.errors import (
    InvalidCredentials,
    UserAlreadyExists,
)
from domain.user.events import EmailChanged
from tests.world import OPERATOR, PASSWORD, World

NEW = "Another-Horse-2"


async def test_a_profile_is_its_owners(here: World) -> None:
    ann = await here.actor()
    bob = await here.actor("bob@example.com")

    assert (await here.do.get_profile(GetProfile(actor=ann))).id == ann.user_id
    with pytest.raises(Forbidden):
        await here.do.get_user(GetUser(actor=ann, user=bob.user_id))


async def test_a_name_is_changed_and_removed(here: World) -> None:
    ann = await here.actor()

    named = await here.do.update_profile(
        UpdateProfile(actor=ann, user_id=ann.user_id, name=" Ann  Lee ")
    )
    read = await here.do.get_profile(GetProfile(actor=ann))
    unnamed = await here.do.update_profile(UpdateProfile(actor=ann, user_id=ann.user_id, name=None))

    assert named.name == read.name == "Ann  Lee"
    assert unnamed.name is None


async def test_bio_and_website_are_changed_and_removed(here: World) -> None:
    ann = await here.actor()

    told = await here.do.update_profile(
        UpdateProfile(
            actor=ann,
            user_id=ann.user_id,
            bio="I <em onclick=x>grow</em><script>x</script> things.",
            website="HTTPS://Bücher.example",
        )
    )
    read = await here.do.get_profile(GetProfile(actor=ann))
    untold = await here.do.update_profile(
        UpdateProfile(actor=ann, user_id=ann.user_id, bio=None, website=None)
    )

    assert told.bio == read.bio == "I <em>grow</em> things."
    assert told.website == read.website == "https://xn--bcher-kva.example/"
    assert (untold.bio, untold.website) == (None, None)


async def test_all_that_is_wrong_with_a_profile_is_told_at_once(here: World) -> None:
    ann = await here.actor()

    with pytest.raises(ValidationFailed) as caught:
        await here.do.update_profile(
            UpdateProfile(
                actor=ann,
                user_id=ann.user_id,
                name="\u202e",
                bio="",
                website="http://localhost",
                email="x",
            )
        )

    fields = [error.field for error in caught.value.errors]
    assert fields == ["name", "bio", "website", "email"]


async def test_a_profile_that_stays_the_same_is_no_news(here: World) -> None:
    ann = await here.actor()
    same = UpdateProfile(actor=ann, user_id=ann.user_id, bio="Hi", website="https://ann.example")
    await here.do.update_profile(same)
    here.events.clear()

    await here.do.update_profile(same)

    assert here.events == []


async def test_what_is_not_mentioned_stays(here: World) -> None:
    registered = await here.register(name="Ann")
    before = registered.user
    ann = await here.do.authenticate(
        Authenticate(access_token=registered.tokens.access_token if registered.tokens else "")
    )

    assert await here.do.update_profile(UpdateProfile(actor=ann, user_id=ann.user_id)) == before


async def test_a_new_address_needs_the_password(here: World) -> None:
    ann = await here.actor()

    with pytest.raises(ValidationFailed):
        await here.do.update_profile(
            UpdateProfile(actor=ann, user_id=ann.user_id, email="lee@example.com")
        )
    with pytest.raises(InvalidCredentials):
        await here.do.update_profile(
            UpdateProfile(
                actor=ann, user_id=ann.user_id, email="lee@example.com", password="Wrong-Horse-1"
            )
        )

    assert not any(isinstance(event, EmailChanged) for event in here.events)


async def test_the_new_address_logs_in_and_the_old_one_is_free(here: World) -> None:
    ann = await here.actor()

    await here.do.update_profile(
        UpdateProfile(actor=ann, user_id=ann.user_id, email="lee@example.com", password=PASSWORD)
    )

    assert (await here.log_in("lee@example.com")).user.id == ann.user_id
    with pytest.raises(InvalidCredentials):
        await here.log_in("ann@example.com")
    assert (await here.register("ann@example.com")).user.id != ann.user_id


async def test_a_taken_address_is_refused_and_nothing_changes(here: World) -> None:
    await here.register("bob@example.com")
    ann = await here.actor()

    with pytest.raises(UserAlreadyExists):
        await here.do.update_profile(
            UpdateProfile(
                actor=ann,
                user_id=ann.user_id,
                name="Ann",
                email="BOB@example.com",
                password=PASSWORD,
            )
        )

    unchanged = await here.do.get_profile(GetProfile(actor=ann))
    assert (unchanged.email, unchanged.name) == ("ann@example.com", None)


@pytest.mark.parametrize("email", ["ann@example.org", "ANN@example.com"])
async def test_a_new_address_ends_the_other_sessions(here: World, email: str) -> None:
    ann = await here.actor()
    other = (await here.log_in()).tokens
    await here.do.authenticate(Authenticate(access_token=other.access_token))

    await here.do.update_profile(
        UpdateProfile(actor=ann, user_id=ann.user_id, email=email, password=PASSWORD)
    )

    assert await here.live_sessions(ann.user_id) == [ann.session_id]
    with pytest.raises(SessionRevoked):
        await here.do.authenticate(Authenticate(access_token=other.access_token))
    (ended,) = [e for e in here.events if isinstance(e, SessionsEnded)]
    assert (ended.reason, ended.session_ids) == (EndReason.EMAIL_CHANGED, (other.session_id,))


async def test_the_same_address_again_ends_no_session(here: World) -> None:
    ann = await here.actor()
    other = (await here.log_in()).tokens

    await here.do.update_profile(
        UpdateProfile(
            actor=ann, user_id=ann.user_id, email="ann@example.com", password=PASSWORD, name="Ann"
        )
    )

    await here.do.authenticate(Authenticate(access_token=other.access_token))


async def test_a_new_address_by_the_operator_ends_all_sessions(here: World) -> None:
    ann = await here.actor()

    await here.do.update_profile(
        UpdateProfile(actor=OPERATOR, user_id=ann.user_id, email="ann@example.org")
    )

    assert await here.live_sessions(ann.user_id) == []


async def test_an_address_may_change_its_case(here: World) -> None:
    ann = await here.actor()

    changed = await here.do.update_profile(
        UpdateProfile(actor=ann, user_id=ann.user_id, email="Ann@Example.com", password=PASSWORD)
    )

    assert changed.email == "Ann@Example.com"


async def test_nobody_changes_the_account_of_somebody_else(here: World) -> None:
    ann = await here.actor()
    bob = (await here.actor("bob@example.com")).user_id

    with pytest.raises(Forbidden):
        await here.do.update_profile(UpdateProfile(actor=ann, user_id=bob, name="Bob"))
    with pytest.raises(Forbidden):
        await here.do.change_password(
            ChangePassword(actor=ann, user_id=bob, old_password=PASSWORD, new_password=NEW)
        )
    with pytest.raises(Forbidden):
        await here.do.close_account(CloseAccount(actor=ann, user_id=bob, password=PASSWORD))
