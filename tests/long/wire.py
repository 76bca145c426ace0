"""`make attack`: break-ins by hand at a real web process: a page of another origin, a planted key, a lookalike, a guesser with a watch."""

import re
import statistics
import time

import pytest

from tests.long.intruders import PASSWORD, person, web
from tests.support.stack import LiveStack
from tests.support.visitor import Visitor

__all__ = ["web"]
pytestmark = pytest.mark.timeout(3600)
EVIL = "https://evil.example"


def test_a_page_of_another_origin_presses_nothing(web: LiveStack) -> None:
    """Posts with the person's cookies but without their token, with another's, from another origin; and a name that isn't ours."""
    nurse, other = person(web, "nurse"), person(web, "desk")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', other.get("/riverside/duty/").text)
    assert token is not None
    paths = (
        "/riverside/duty/come/",
        "/riverside/emergency/",
        "/locked/lock/",
        "/accounts/logout/",
        "/accounts/sign-ins/end/",
        "/riverside/patients/new/",
        "/accounts/login/",
    )
    for path in paths:
        for fields, headers in (
            ({}, {}), ({"csrfmiddlewaretoken": token[1]}, {}), ({"csrfmiddlewaretoken": "x" * 64}, {}), ({}, {"Origin": "null"}), ({}, {"Origin": EVIL}),
            ({}, {"Content_Type": "text/plain"}), ({}, {"Content_Type": "application/json"}), ({}, {"X_CSRFToken": token[1]}), ({}, {"HX_Request": "true"}),
        ):  # fmt: skip
            assert nurse.post(path, fields, **headers).status == 403, (path, headers)
    mine = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', nurse.get("/riverside/duty/").text)
    assert mine is not None
    assert nurse.post("/riverside/duty/come/", {"csrfmiddlewaretoken": mine[1]}, Origin=EVIL).status == 403
    for host in ("evil.example", "127.0.0.1.evil.example", "evil.example:80", "", "127.0.0.1@evil.example", "[::1"):
        assert Visitor(web.url).get("/accounts/login/", Host=host).status == 400, host
    before = len(web.smtp.messages)
    Visitor(web.url).post(
        "/accounts/password/reset/", {"email": "nurse@demo.example"}, page="/accounts/password/reset/", X_Forwarded_Host="evil.example"
    )
    told = "".join(message.get_content() for message in web.smtp.messages[before:])
    assert web.url in told
    assert "evil.example" not in told
    for method in ("TRACE", "PUT", "DELETE", "PATCH", "CONNECT", "PROPFIND"):
        assert Visitor(web.url).ask(method, "/accounts/login/").status in (400, 403, 405), method


def test_a_key_that_somebody_planted_is_not_the_one_signed_in(web: LiveStack) -> None:
    """Session fixation: before and after signing in, locking and unlocking the key is another; flags stand on the cookie."""
    planted = Visitor(web.url, {"sessionid": "a" * 32})
    answer = planted.sign_in("nurse@demo.example", PASSWORD)
    assert planted.cookies["sessionid"] != "a" * 32
    assert all(flag in answer.header("Set-Cookie") for flag in ("HttpOnly", "SameSite=Lax", "Path=/"))
    assert "Domain=" not in answer.header("Set-Cookie")
    keys = [planted.cookies["sessionid"]]
    planted.post("/locked/lock/", {}, page="/riverside/")
    keys.append(planted.cookies["sessionid"])
    planted.post("/locked/unlock/", {"password": PASSWORD}, page="/locked/")
    keys.append(planted.cookies["sessionid"])
    assert len(set(keys)) == 3
    for key in (*keys[:2], "a" * 32):
        assert not Visitor(web.url, {"sessionid": key}).is_signed_in
    planted.post("/accounts/logout/", {}, page="/accounts/logout/")
    assert not Visitor(web.url, {"sessionid": keys[2]}).is_signed_in


def test_a_lookalike_is_nobody(web: LiveStack) -> None:
    """Other letters, other widths, another case, spaces and signs: no address is somebody else's, and the answer is one."""
    answers = set()
    for number, told in enumerate(
        (
            "аdmin@demo.example",
            "ａdmin@demo.example",
            "admın@demo.example",
            "admin@demo.exampIe",
            "admin@demo.example\u200b",
            "admin+x@demo.example",
            "nobody@demo.example",
        )
    ):
        visitor = Visitor(web.url)
        answers.add(visitor.sign_in(told, PASSWORD).status)
        assert not visitor.is_signed_in, told
        before = len(web.smtp.messages)
        Visitor(web.url).post("/accounts/password/reset/", {"email": told}, page="/accounts/password/reset/")
        assert not any("/reset/key/" in message.get_content() for message in web.smtp.messages[before:]), (number, told)
    assert answers == {200}
    assert Visitor(web.url).sign_in("ADMIN@Demo.Example", PASSWORD).status == 302


def test_the_time_of_an_answer_names_nobody(web: LiveStack) -> None:
    """Twelve wrong sign-ins of somebody and of nobody, in turn; medians, since a machine is busy."""
    spent: dict[str, list[float]] = {"somebody": [], "nobody": []}
    for number in range(12):
        for who in spent:
            visitor = Visitor(web.url)
            email = f"{who}{number}@demo.example" if who == "nobody" else ("desk", "support", "prescriber2")[number % 3] + "@demo.example"
            page = visitor.get("/accounts/login/").text
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
            assert token is not None
            began = time.perf_counter()
            visitor.post("/accounts/login/", {"login": email, "password": "not their password", "csrfmiddlewaretoken": token[1]})
            spent[who].append(time.perf_counter() - began)
    somebody, nobody = (statistics.median(spent[who]) for who in ("somebody", "nobody"))
    print(f"\nwrong sign-in: somebody {somebody * 1000:.0f} ms, nobody {nobody * 1000:.0f} ms")
    assert 0.5 < somebody / nobody < 2
