"""Only the roles of `ROLES` exist: over HTTP, on the command line and in imports."""

import json
from pathlib import Path

import pytest

import containers
from tests.integration.story.drivers import Cli, Http, Person, Refused
from tests.integration.story.test_one_process import Place
from tests.storage import an_sqlite_file
from tests.world import PASSWORD, settings_with

HASH = f"$plain$old$0123456789abcdef${PASSWORD}"
ROWS = [("a@example.com", "admin"), ("b@example.com", "undefined"), ("c@example.com", "")]
CSV = "email,password_hash,roles\n" + "".join(f"{who},{HASH},{role}\n" for who, role in ROWS)
JSON_LINES = "".join(
    json.dumps({"email": who, "password_hash": HASH, "roles": role.split()}) + "\n"
    for who, role in ROWS
)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(containers.build(settings_with(database=an_sqlite_file(tmp_path))))


def person(place: Place, email: str) -> Person:
    user = Cli(place.run).register(email, PASSWORD, "Ann")["user"]
    assert isinstance(user, dict)
    return Person(str(user["id"]), email, PASSWORD, "")


def test_a_role_that_does_not_exist_is_refused_with_those_that_do(place: Place) -> None:
    boss, ann = person(place, "boss@example.com"), person(place, "ann@example.com")
    Cli(place.run).grant(boss, boss.id, "admin")
    token = Http(place.send).log_in(boss.email, PASSWORD)["token"]

    def put(role: str) -> tuple[int, str]:
        answer = place.send(
            "PUT",
            f"/api/v1/users/{ann.id}/roles/{role}",
            headers={"Authorization": f"Bearer {token}"},
        )
        return answer.status_code, answer.text

    status, said = put("undefined")
    code, _, err = place.run(["users", "grant", ann.id, "undefined"], "")

    assert (status, code) == (422, 4)
    assert "Roles: admin, editor." in said
    assert "Roles: admin, editor." in err
    assert put("editor")[0] == put("admin")[0] == 200
    with pytest.raises(Refused, match="VALIDATION"):
        Cli(place.run).revoke(boss, ann.id, "edtior")


@pytest.mark.parametrize(("name", "rows"), [("u.csv", CSV), ("u.jsonl", JSON_LINES)])
def test_an_import_takes_roles_only_when_asked_and_only_those_that_exist(
    place: Place, tmp_path: Path, name: str, rows: str
) -> None:
    file, there = tmp_path / name, tmp_path / "rejects"
    file.write_text(rows)
    command = ["users", "import", str(file), "--rejects", str(there)]

    code, out, err = place.run(command, "")
    assert code == 4
    assert [line.split() for line in out.splitlines()][1:] == [
        ["added", "1"],
        ["there", "already", "0"],
        ["refused", "2"],
    ]
    assert err.count("roles: This line gives roles. Import it with --allow-roles") == 2
    assert "Lines refused because they give roles: 2. --allow-roles accepts them." in err
    left = there.read_text()
    assert ("a@example.com" in left, "b@example.com" in left, "c@example.com" in left) == (
        True,
        True,
        False,
    )

    code, _, err = place.run([*command, "--allow-roles"], "")
    assert code == 4
    assert "roles: There is no such role. Roles: admin, editor." in err
    assert "--allow-roles" not in err
    shown = json.loads(place.run(["users", "show", "a@example.com", "--json"], "")[1])
    assert shown["user"]["roles"] == ["admin"]
