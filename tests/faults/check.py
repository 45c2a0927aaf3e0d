"""Holding the ledger against the database."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg

from tests.faults.ledger import Outcome
from tests.faults.writers import Writers


@dataclass(frozen=True)
class Verdict:
    """`lost` is how many acknowledged effects are missing, plus how many refused ones exist, plus
    how many registrations of unknown outcome did not end in exactly one account."""

    lost: int
    complaints: tuple[str, ...]


async def judge(writers: Writers, database: str) -> Verdict:
    """Repeat what is unknown, then compare everything."""
    ledger, findings = writers.ledger, list(writers.ledger.complaints)
    acknowledged, refused = ledger.emails(Outcome.ACKNOWLEDGED), ledger.emails(Outcome.REFUSED)
    async with httpx.AsyncClient(base_url=writers.url, timeout=30) as client:
        for each in ledger.of(Outcome.UNKNOWN):
            outcome = await writers.register(client, -1, each)
            if outcome is not Outcome.ACKNOWLEDGED:
                findings.append(f"lost: a repeated registration was {outcome}")
        for number, token in ledger.tokens.items():
            answer = await client.post("/api/v1/auth/refresh", json={"refresh_token": token})
            if not answer.is_success:
                findings.append(f"lost: the token of writer {number}: {answer.text[:200]}")
    stored = emails_in(database)
    everybody = ledger.emails(Outcome.ACKNOWLEDGED)
    findings += [f"lost: {email} is missing" for email in sorted(everybody - set(stored))]
    findings += [f"lost: {email} exists" for email in sorted(refused & set(stored))]
    findings += [
        f"lost: {email} exists {stored.count(email)} times"
        for email in sorted({email for email in stored if stored.count(email) > 1})
    ]
    assert acknowledged <= everybody
    lost = sum(finding.startswith("lost") for finding in findings)
    return Verdict(lost, tuple(findings))


def emails_in(database: str) -> list[str]:
    query = "SELECT email FROM users"
    if database.startswith("sqlite:///"):
        path = Path(database.removeprefix("sqlite:///"))
        with closing(sqlite3.connect(path)) as connection:
            return [row[0] for row in connection.execute(query)]
    with psycopg.connect(database) as postgres:
        return [row[0] for row in postgres.execute(query)]
