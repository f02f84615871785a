"""The description: valid without a warning, checked in as it is made, with examples that are true."""

from __future__ import annotations

import io
import json
import os
import re

import jsonschema
import pytest
from django.core.management import call_command

from api import urls
from api.describing import DOCUMENT, HEADINGS, METHODS, groups
from api.schema import IDEMPOTENCY_KEY

AGAIN = "Write it anew: WRITE_PAGES=1 pytest tests/api/test_document.py"


@pytest.fixture(scope="module")
def made() -> str:
    out = io.StringIO()
    call_command("spectacular", format="openapi-json", validate=True, fail_on_warn=True, stdout=out)
    return json.dumps(json.loads(out.getvalue()), indent=1, ensure_ascii=False) + "\n"


@pytest.fixture(scope="module")
def document(made) -> dict:
    return json.loads(made)


def operations(document):
    return [
        (path, method, one) for path, methods in document["paths"].items()
        for method, one in methods.items() if method in METHODS
    ]


def test_the_checked_in_description_is_what_the_serializers_say(made):
    if os.environ.get("WRITE_PAGES"):
        DOCUMENT.write_text(made, encoding="utf-8")
    assert DOCUMENT.read_text(encoding="utf-8") == made, AGAIN


def routed() -> set[str]:
    """The addresses of the interface, each parameter a pair of braces."""
    found = set()
    for pattern in urls.urlpatterns:
        text = str(pattern.pattern)
        if text:
            text = re.sub(r"\(\?P<\w+>[^)]*\)|<\w+:\w+>", "{}", text.lstrip("^").removesuffix("\\Z").rstrip("$"))
            found.add("/api/v1/" + text.replace("\\.", "."))
    return found


def test_it_is_3_1_and_every_address_is_in_it(document):
    assert document["openapi"].startswith("3.1")
    described = {re.sub(r"\{\w+\}", "{}", path) for path in document["paths"]}
    assert described == routed() - {"/api/v1/openapi.json"}
    assert len(operations(document)) >= 45
    ids = [one["operationId"] for _, _, one in operations(document)]
    assert len(set(ids)) == len(ids)


def test_each_operation_tells_its_refusals_headers_and_who_may(document):
    for path, method, one in operations(document):
        assert {"400", "401", "403", "404", "429"} <= set(one["responses"]), path
        assert {"key": []} in one["security"] and {"cookieAuth": []} in one["security"]
        assert one["description"].strip(), path
        headers = {p["name"] for p in one["parameters"] if p["in"] == "header"}
        assert (IDEMPOTENCY_KEY["name"] in headers) is (method == "post"), path
        assert ("If-Match" in headers) is (method in ("put", "patch") or (method == "post" and "{id}" in path))
        for status, response in one["responses"].items():
            if status >= "400":
                name = f"Problem{status}"
                assert response == {"$ref": f"#/components/responses/{name}"}
                response = document["components"]["responses"][name]
                assert set(response["content"]) == {"application/problem+json"}
            assert "X-Request-ID" in response["headers"]


def contents(one):
    yield from one.get("requestBody", {}).get("content", {}).items()
    for response in one["responses"].values():
        yield from response.get("content", {}).items()


def test_every_operation_has_examples_that_its_schema_takes(document):
    for path, method, one in operations(document):
        for kind, content in contents(one):
            if "json" not in kind:
                continue
            [example] = content["examples"].values()
            schema = {**content["schema"], "components": document["components"]}
            jsonschema.Draft202012Validator(schema).validate(example["value"])
        assert "requestBody" in one or method == "get", path


def test_the_page_shows_every_operation(document):
    shown = {one["id"] for group in groups() for one in group["operations"]}
    assert shown == {one["operationId"] for _, _, one in operations(document)}
    assert {group["name"] for group in groups()} == set(HEADINGS)
    posts = [one for group in groups() for one in group["operations"] if one["method"] != "GET"]
    assert all(one["fields"] and one["body"] and one["answer"] for one in posts)


@pytest.mark.django_db
def test_the_page_and_the_document_are_behind_a_sign_in(client, alice, of_a):
    assert client.get("/api/").status_code == 302
    assert client.get("/api/v1/openapi.json").status_code == 401
    assert json.loads(of_a.get("openapi.json").content)["openapi"].startswith("3.1")
    client.force_login(alice)
    page = client.get("/api/").content.decode()
    assert "records_bulk" in page and "<script>" not in page and " style=" not in page
