import re
import tomllib

import pytest

from tests.bench.peers import FASTAPI, HERE, LITESTAR, PythonPeer, check_hashes
from tests.bench.raw_hashes import HASHER

OURS = HASHER.hash("Correct-Horse-1")
CHEAPER = OURS.replace("m=19456,t=2", "m=65536,t=1")
METADATA = re.compile(r"^# /// script$\n((?:^#(?: .*)?$\n)+)^# ///$", re.MULTILINE)


def needs(peer: PythonPeer) -> list[str]:
    """Give what a peer's file lists (PEP 723)."""
    found = METADATA.search((HERE / f"{peer.module}.py").read_text())
    assert found, f"{peer.module} lists nothing"
    text = "\n".join(line.removeprefix("#").removeprefix(" ") for line in found[1].splitlines())
    listed: list[str] = tomllib.loads(text)["dependencies"]
    return listed


def test_a_peer_with_the_hash_of_the_service_is_compared() -> None:
    check_hashes("peer", [OURS, HASHER.hash("Another-Horse-2")])


@pytest.mark.parametrize("hashes", [[OURS, CHEAPER], ["$2b$10$salt-and-digest"], []])
def test_a_peer_with_another_hash_is_refused(hashes: list[str]) -> None:
    with pytest.raises(SystemExit, match=re.escape("has to be $argon2id$v=19$m=19456,t=2,p=1")):
        check_hashes("peer", hashes)


@pytest.mark.parametrize("peer", [FASTAPI, LITESTAR], ids=lambda peer: peer.module)
def test_the_packages_of_a_peer_are_pinned(peer: PythonPeer) -> None:
    assert [each for each in needs(peer) if "==" not in each] == []


def test_peers_run_on_the_same_server_and_driver() -> None:
    fastapi, litestar = (set(needs(peer)) for peer in (FASTAPI, LITESTAR))

    assert {name.partition("==")[0] for name in fastapi & litestar} == {
        "aiosqlite",
        "uvicorn[standard]",
    }
