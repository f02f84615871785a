"""Addresses that nobody types by chance lead nowhere, and are never a fault of the server."""

import pytest


@pytest.mark.parametrize(
    "address",
    [
        "/partnerships/%00/", "/escalations/a%00b/", "/api/v1/partnerships/%00/agencies/",
        "/escalations/raise/?meeting=%00",
    ],
)
def test_a_nul_in_an_address_leads_nowhere(client, alice, address):
    client.force_login(alice)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    "place",
    ["r~0001-01-01T00:00:00%2B14:00~1", "r~9999-12-31T23:59:59-14:00~1", "r~2020-01-01T00:00:00%2B23:59~-5"],
)
def test_a_place_in_the_queue_that_cannot_be_is_the_first_page(client, alice, place):
    client.force_login(alice)
    for way in ("after", "before"):
        assert client.get(f"/escalations/?{way}={place}").status_code == 200


@pytest.mark.parametrize(("letters", "status"), [("utf-16", 400), ("latin-1", 400), ("UTF-8", 422)])
def test_a_form_in_other_letters_is_refused_and_is_no_fault(client, alice, letters, status):
    """Its token cannot be read either, so that the library's own refusal ended in a fault."""
    client.force_login(alice)
    client.handler.enforce_csrf_checks = status == 400
    answer = client.generic(
        "POST", "/people/add/", b"first_name=%ED%A0%80",
        content_type=f"application/x-www-form-urlencoded; charset={letters}",
    )
    assert answer.status_code == status
