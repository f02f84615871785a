"""Signing in: who gets in, where it leads, and what no machine may keep."""

from __future__ import annotations

from urllib.parse import quote, urljoin, urlsplit

from django.core.cache import cache
from django.urls import reverse

from partnership.models import User

SIGN_IN = "/accounts/login/"
PAGE = "/partnerships/NW/agencies/CSC/?period=2014-15"

HOSTILE = [
    "//evil.example", "///evil.example", "////evil.example/x", "https://evil.example/",
    "http://evil.example", "http:///evil.example", "https:evil.example", "HTTPS://evil.example",
    "\\\\evil.example", "/\\evil.example", "\\/evil.example", "/\\/evil.example", "\\evil.example",
    "http:\\\\evil.example", "//evil.example\\@testserver/", "http://testserver@evil.example/",
    "http://testserver:x@evil.example/", "//testserver@evil.example/", "//testserver.evil.example/",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "ftp://evil.example",
    "\t//evil.example", " //evil.example", "\n//evil.example", "/\t/evil.example", "/\n/evil.example",
    "\x00//evil.example", "java\tscript:alert(1)", "//evil%2eexample", "%2f%2fevil.example",
    "//[::1]/", "//1", "///", "http://[evil.example", "//evil.example:80:80/", "\u3000//evil.example",
    "https://evil.example#@testserver/", "https://evil.example?@testserver/", "//evil。example",
]


def test_visitor_is_asked_to_sign_in_and_then_comes_to_the_page_they_wanted(
    visitor, filled, alice
):
    answer = visitor.client.get(PAGE)
    assert answer.status_code == 302
    assert answer["Location"] == f"{SIGN_IN}?next={quote(PAGE, safe='/')}"
    visitor.open(answer["Location"])
    assert f'name="next" value="{PAGE}"' in visitor.page.replace("&amp;", "&")
    assert visitor.sign_in(alice, next=PAGE) == PAGE
    assert "Adela Alphatwo" in visitor.open(PAGE)


def leaves_this_site(location: str) -> bool:
    """Whether a browser on the sign-in page would go elsewhere, however it reads the address."""
    seen = location.replace("\\", "/")
    for address in (location, seen, "".join(seen.split())):
        where = urlsplit(urljoin(f"http://testserver{SIGN_IN}", address))
        if (where.scheme, where.netloc) != ("http", "testserver"):
            return True
    return False


def test_hostile_next_stays_on_this_site(visitor, alice):
    assert leaves_this_site("//evil.example")  # the measure itself
    for hostile in HOSTILE:
        cache.clear()  # so many sign-ins a minute are refused
        location = visitor.sign_in(alice, next=hostile)
        assert location and not leaves_this_site(location), hostile
        visitor.client.post(reverse("account_logout"))


def test_hostile_next_of_someone_signed_in_stays_on_this_site(visitor, alice):
    visitor.sign_in(alice)
    for hostile in HOSTILE:
        answer = visitor.client.get(SIGN_IN, {"next": hostile})
        assert answer.status_code == 302 and not leaves_this_site(answer["Location"]), hostile


def test_wrong_password_does_not_sign_in_and_the_right_one_does(visitor, filled, alice):
    assert visitor.sign_in(alice, "not the password") == ""
    assert "There is a problem" in visitor.words
    assert "The e-mail address or the password is not right." in visitor.words
    assert 'value="alice@example.org"' in visitor.page  # what was typed is kept
    assert "not the password" not in visitor.page
    assert visitor.client.get("/").status_code == 302
    assert visitor.sign_in(alice) == "/"
    assert visitor.client.get("/").status_code == 200


def test_unknown_address_answers_like_a_wrong_password(visitor, alice):
    visitor.sign_in(alice, "not the password")
    known = visitor.words
    alice.email = "nobody@example.org"
    visitor.answer = visitor.client.post(SIGN_IN, {"login": alice.email, "password": "not the password"})
    visitor.page = visitor.answer.content.decode()
    assert visitor.words == known


def test_account_that_was_switched_off_does_not_sign_in(visitor, alice):
    alice.is_active = False
    visitor.sign_in(alice)
    assert visitor.client.get("/").status_code == 302
    alice.is_active = True
    assert visitor.sign_in(alice) == "/"
    assert visitor.client.get("/").status_code == 200


def test_account_switched_off_while_signed_in_is_out_on_the_next_request(visitor, filled, alice):
    visitor.sign_in(alice)
    visitor.open(PAGE)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert visitor.client.get(PAGE)["Location"].startswith(SIGN_IN)


def test_nobody_signs_up_by_themselves(visitor, db):
    words = visitor.open(reverse("account_signup"))
    assert "Accounts are by invitation" in words and "<form" not in visitor.page
    before = User.objects.count()
    password = "a long enough password"
    form = {"email": "new@example.org", "password1": password, "password2": password}
    visitor.client.post(reverse("account_signup"), form)
    assert User.objects.count() == before


def test_signing_out_ends_the_session_on_the_server(visitor, filled, alice):
    visitor.sign_in(alice)
    visitor.open(PAGE)
    kept = visitor.client.cookies["sessionid"].value
    visitor.client.post(reverse("account_logout"))
    visitor.client.cookies["sessionid"] = kept
    assert visitor.client.get(PAGE).status_code == 302


def test_session_gets_a_new_key_at_sign_in_and_a_careful_cookie(visitor, alice):
    visitor.client.get(SIGN_IN)
    visitor.client.cookies["sessionid"] = "chosen-by-somebody-else"
    visitor.sign_in(alice)
    cookie = visitor.client.cookies["sessionid"]
    assert cookie.value != "chosen-by-somebody-else"
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and not cookie["max-age"]


ANSWERED = [
    "/", "/partnerships/NW/agencies/CSC/", "/partnerships/NW/agencies/CSC/report.pdf",
    "/partnerships/NW/agencies/CSC/report.csv", "/partnerships/NW/agencies/CSC/report.json",
    "/partnerships/NW/agencies/CSC/rows/?measure=training_current&basis=due",
    "/partnerships/NW/meetings/NW-1/", "/api/v1/partnerships/",
    "/api/v1/partnerships/NW/agencies/CSC/scorecard/", "/accounts/password/change/",
    "/partnerships/NW/", "/no/such/page/", "/accounts/login/", "/api/v1/nothing/",
]


def test_answer_to_someone_signed_in_is_kept_by_nobody(visitor, filled, alice):
    visitor.sign_in(alice)
    for address in ANSWERED:
        answer = visitor.client.get(address)
        assert answer.status_code in (200, 302, 404)
        assert "no-store" in answer["Cache-Control"], address


def test_same_address_shows_each_reader_their_own(visitor, filled, alice, sam):
    for reader, named in ((alice, True), (sam, False), (alice, True)):
        visitor.sign_in(reader)
        assert ("Adela Alphatwo" in visitor.open(PAGE)) is named
        visitor.client.post(reverse("account_logout"))
