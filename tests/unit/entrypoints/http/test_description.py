import re
from typing import Any, TypeAlias

import httpx
import pytest

from entrypoints.http.errors.catalogue import CsrfFailed, status_of
from entrypoints.http.openapi.page import prose, tag, together
from entrypoints.http.route_rules import ALWAYS, BEARER, BODY

Json: TypeAlias = Any


@pytest.fixture
async def description(client: httpx.AsyncClient) -> Json:
    answer = await client.get("/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


def test_it_is_openapi_3_1(description: Json) -> None:
    assert description["openapi"] == "3.1.0"
    assert description["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


def test_every_reference_leads_somewhere(description: Json) -> None:
    references = set(re.findall(r"#/components/(\w+)/([\w.-]+)", str(description)))

    assert references
    for kind, name in references:
        assert name in description["components"][kind]


def test_operations_have_names_of_their_own(description: Json) -> None:
    names = [
        operation["operationId"]
        for path in description["paths"].values()
        for operation in path.values()
    ]

    assert len(names) == len(set(names))


def test_a_guarded_route_lists_what_its_guard_and_body_can_raise(description: Json) -> None:
    operation = description["paths"]["/api/v1/own-things"]["post"]
    listed = {
        code
        for answer in operation["responses"].values()
        for code in answer["content"]["application/json"].get("examples", {})
    }

    assert listed == {CsrfFailed.code, *(error.code for error in (*BEARER, *BODY, *ALWAYS))}


def test_a_guarded_route_takes_a_bearer_token_or_a_cookie(description: Json) -> None:
    reading = description["paths"]["/api/v1/users/me"]["get"]
    writing = description["paths"]["/api/v1/own-things"]["post"]
    schemes = description["components"]["securitySchemes"]

    assert reading["security"] == [{"bearer": []}, {"access_cookie": []}]
    assert writing["security"] == [{"bearer": []}, {"access_cookie": [], "csrf": []}]
    assert "AUTH_CSRF_FAILED" not in str(reading["responses"])
    assert "AUTH_CSRF_FAILED" in str(writing["responses"])
    assert (schemes["access_cookie"]["in"], schemes["access_cookie"]["name"]) == (
        "cookie",
        "__Host-access",
    )
    assert schemes["csrf"]["name"] == "X-CSRF-Token"


def test_a_log_in_answers_in_one_of_two_shapes(description: Json) -> None:
    answer = description["paths"]["/api/v1/auth/login"]["post"]["responses"]["200"]
    schema = answer["content"]["application/json"]["schema"]
    components = description["components"]["schemas"]

    data = []
    for choice in schema["anyOf"]:
        shape = components[choice["$ref"].rpartition("/")[2]]
        data.append(components[shape["properties"]["data"]["$ref"].rpartition("/")[2]])
    assert [set(each["required"]) for each in data] == [
        {"user", "token", "expires_in", "refresh_token"},
        {"user", "expires_in"},
    ]
    assert "Set-Cookie" in answer["headers"]


def test_a_refresh_needs_no_body(description: Json) -> None:
    operation = description["paths"]["/api/v1/auth/refresh"]["post"]

    assert operation["requestBody"]["required"] is False
    assert operation["security"] == [{}, {"refresh_cookie": [], "csrf": []}]


def test_a_route_lists_what_it_declares_under_the_status_it_has(description: Json) -> None:
    answers = description["paths"]["/api/v1/things"]["post"]["responses"]

    examples = answers["409"]["content"]["application/problem+json"]["examples"]
    assert examples["USER_ALREADY_EXISTS"]["value"]["status"] == 409
    for error in BODY:
        assert (
            error.code in answers[str(status_of(error))]["content"]["application/json"]["examples"]
        )


def test_every_answer_has_a_request_id_and_401_its_challenge(description: Json) -> None:
    answers = description["paths"]["/api/v1/own-things"]["post"]["responses"]

    assert all("X-Request-ID" in answer["headers"] for answer in answers.values())
    assert "WWW-Authenticate" in answers["401"]["headers"]
    assert "Retry-After" in answers["503"]["headers"]


def test_parameters_are_described(description: Json) -> None:
    (identity,) = description["paths"]["/api/v1/things/{id}"]["get"]["parameters"]
    limit, state = description["paths"]["/api/v1/things"]["get"]["parameters"]

    assert identity["schema"] == {"type": "string", "format": "uuid"}
    assert (limit["name"], limit["required"], limit["schema"]["default"]) == ("limit", False, 20)
    assert (limit["schema"]["minimum"], limit["schema"]["maximum"]) == (1, 100)
    assert (state["name"], state["schema"]) == ("state", {"enum": ["new", "old"]})


async def test_the_page_shows_every_operation(client: httpx.AsyncClient, description: Json) -> None:
    page = (await client.get("/docs")).text

    for path, operations in description["paths"].items():
        assert path in page
        for operation in operations.values():
            assert f'id="{operation["operationId"]}"' in page
    assert "curl -X POST" in page
    assert "http://service/api/v1/things" in page


async def test_the_page_needs_no_script_and_nobody_else(client: httpx.AsyncClient) -> None:
    answer = await client.get("/docs")

    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'; style-src 'self'" in answer.headers["content-security-policy"]
    assert "<script" not in answer.text
    assert " style=" not in answer.text
    sources = re.findall(r'<link[^>]+href="([^"]+)"|src="([^"]+)"', answer.text)
    assert sources == [("/docs/style.css", "")]
    style = await client.get("/docs/style.css")
    assert style.headers["content-type"].startswith("text/css")
    assert "prefers-color-scheme: dark" in style.text
    assert "url(" not in style.text


def test_markup_escapes_what_is_put_into_it() -> None:
    written = tag("p", "<b>&", tag("i", "x"), title='"<')

    assert written == '<p title="&quot;&lt;">&lt;b&gt;&amp;<i>x</i></p>'
    assert together("a<", tag("b")) == "a&lt;<b></b>"
    assert prose("`<x>` y\n\nz") == "<p><code>&lt;x&gt;</code> y</p><p>z</p>"
