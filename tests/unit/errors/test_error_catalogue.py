from collections import Counter
from pathlib import Path

import pytest

from application.errors import DependencyUnavailable
from domain.errors import Category, DomainError
from entrypoints import error_catalogue as page
from entrypoints.cli.errors import EXIT_CODES
from entrypoints.error_catalogue import catalogue
from entrypoints.http.errors.catalogue import STATUS, HttpError, status_of

DOCS = Path(__file__).parents[3] / "docs"
PROMISED = {
    *("AUTH_INVALID_CREDENTIALS", "AUTH_TOKEN_EXPIRED", "AUTH_TOKEN_INVALID", "AUTH_UNAUTHORIZED"),
    *("AUTH_SESSION_REVOKED", "AUTH_REFRESH_REUSED", "AUTH_CSRF_FAILED", "USER_NOT_FOUND"),
    *("USER_ALREADY_EXISTS", "USER_INACTIVE", "VALIDATION_FAILED", "INVALID_INPUT"),
    *("PASSWORD_TOO_WEAK", "DATABASE_ERROR", "RECORD_NOT_FOUND", "DUPLICATE_KEY"),
    *("CONCURRENT_UPDATE", "INTERNAL_ERROR", "NOT_FOUND", "METHOD_NOT_ALLOWED", "FORBIDDEN"),
    *("RATE_LIMIT_EXCEEDED", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE", "REQUEST_TIMEOUT"),
    *("EXTERNAL_SERVICE_ERROR", "SERVICE_UNAVAILABLE"),
}


def test_every_code_that_callers_were_promised_is_there() -> None:
    assert {each.code for each in catalogue()} >= PROMISED


def test_a_code_has_one_entry() -> None:
    twice = [
        code for code, times in Counter(each.code for each in catalogue()).items() if times > 1
    ]

    assert twice == []


def test_a_special_case_answers_as_its_entry_does() -> None:
    """Two classes may share a code, but then a caller cannot tell them apart."""
    for entry in catalogue():
        for special in entry.kind.__subclasses__():
            is_ours = special.__module__.partition(".")[0] != "tests"
            if is_ours and special.code == entry.code and special is not HttpError:
                assert special.category is entry.category, special
                assert status_of(special) == status_of(entry.kind), special


def test_both_drivers_have_a_word_for_every_category() -> None:
    assert set(STATUS) == set(EXIT_CODES) == set(page.ADVICE) == set(Category)
    assert len({*EXIT_CODES.values()}) == len({*STATUS.values()}) == len(Category)


def test_every_entry_says_what_it_means_and_what_to_do() -> None:
    for each in catalogue():
        assert each.meaning.endswith("."), each.code
        assert each.todo.endswith("."), each.code
        assert each.kind.summary.endswith("."), each.code
        assert "|" not in each.meaning + each.todo, each.code


def test_advice_is_for_codes_that_exist() -> None:
    assert page.OWN_ADVICE.keys() <= {each.code for each in catalogue()}


def test_the_documentation_is_of_this_catalogue() -> None:
    written = (DOCS / "errors.md").read_text().partition(page.BEGIN)[2].partition(page.END)[0]

    assert written == page.rows(), "`just docs` writes it anew"


def test_writing_the_page_keeps_what_is_around_the_table(tmp_path: Path) -> None:
    file = tmp_path / "errors.md"
    file.write_text(f"before\n{page.BEGIN}old\n{page.END}after\n")

    page.main(file)

    assert file.read_text() == f"before\n{page.BEGIN}{page.rows()}{page.END}after\n"


def test_an_error_that_wraps_another_knows_what_that_one_knew() -> None:
    outage = DependencyUnavailable(
        dependency="database", context={"operation": "read", "host": "db-7"}
    )
    middle = ConnectionError()
    middle.__cause__ = outage

    with pytest.raises(DomainError) as caught:
        raise DomainError(context={"operation": "users.get"}) from middle

    assert caught.value.full_context == {
        "dependency": "database",
        "host": "db-7",
        "operation": "users.get",
    }
    assert caught.value.context == {"operation": "users.get"}
