"""The proxy that is shipped, in front of the web as production serves it: TLS by Caddy with a root of its own, on loopback. `pytest tests/long/proxy.py`"""

import http.client
import os
import re
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import pytest

from scripts.bench.__main__ import environment, manage
from scripts.bench.server import serving
from scripts.launcher.children import Child
from scripts.launcher.ports import free_port
from tests.support.postgres import running_postgres
from tests.support.visitor import Answer
from tests.test_deploy import DEPLOY

pytestmark = pytest.mark.timeout(600)
NURSE, PASSWORD = "nurse@demo.example", "two-hours-watched"


class Browser:
    """Believes the proxy's root alone, keeps cookies as they ask to be kept, and follows nothing."""

    def __init__(self, port: int, plain: int, root: Path) -> None:
        self.origin, self.port, self.plain, self.jar = f"https://localhost:{port}", port, plain, CookieJar()
        self.context = ssl.create_default_context(cafile=str(root))
        still = type("Still", (urllib.request.HTTPRedirectHandler,), {"redirect_request": lambda *_: None})
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self.jar), urllib.request.HTTPSHandler(context=self.context), still(), urllib.request.ProxyHandler({})
        )

    def ask(self, path: str, fields: dict[str, str] | bytes | None = None, method: str | None = None, **headers: str) -> Answer:
        body = urlencode(fields).encode() if isinstance(fields, dict) else fields
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        asked = urllib.request.Request(
            self.origin + path, data=body, method=method, headers={"Origin": self.origin, "Referer": self.origin + path, **told}
        )
        try:
            answer = self.opener.open(asked, timeout=30)
        except urllib.error.HTTPError as refused:
            answer = refused
        with answer:
            return Answer(asked.get_method(), path, answer.status, answer.headers.items(), answer.read())

    def sign_in(self, **headers: str) -> Answer:
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.ask("/accounts/login/").text)
        assert found is not None
        return self.ask("/accounts/login/", {"csrfmiddlewaretoken": found[1], "login": NURSE, "password": PASSWORD}, **headers)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    folder = tmp_path_factory.mktemp("proxy")
    (port, plain), ours = (free_port(), free_port()), folder / "Caddyfile"
    # Ports that nobody else has, loopback alone, no root put among the machine's: the rest is the file that is shipped.
    ours.write_text(
        f"{{\n\tdefault_bind 127.0.0.1\n\thttp_port {plain}\n\thttps_port {port}\n\tadmin off\n\tskip_install_trust\n}}\n"
        + (DEPLOY / "Caddyfile").read_text()
    )
    with running_postgres() as database:
        settings = {**environment(database, folder), "VIGIL_ORIGIN": f"https://localhost:{port}", "VIGIL_ALLOWED_HOSTS": "localhost"}
        for arguments in (["migrate", "--verbosity", "0"], ["collectstatic", "--noinput", "--verbosity", "0"], ["seed_demo"]):
            manage({**settings, "VIGIL_MODE": "demonstration"}, *arguments)
        with serving("config.wsgi:application", settings, folder / "web.log") as web, (folder / "caddy.log").open("ab") as log:
            named = {
                "VIGIL_DOMAIN": "localhost",
                "VIGIL_WEB": "localhost",
                "VIGIL_WEB_PORT": str(web.port),
                "XDG_DATA_HOME": str(folder),
                "HOME": str(folder),
            }
            command = ["caddy", "run", "--config", str(ours), "--adapter", "caddyfile"]
            child = Child("caddy", command, {**os.environ, **named}, cwd=str(folder), output=log.fileno())
            try:
                yield reached(port, plain, folder)
            finally:
                child.stop()


def reached(port: int, plain: int, folder: Path) -> Browser:
    root, own = folder / "caddy/pki/authorities/local/root.crt", folder / "caddy/certificates/local/localhost/localhost.crt"
    deadline = time.monotonic() + 40
    while not (root.exists() and own.exists()):
        assert time.monotonic() < deadline, (folder / "caddy.log").read_text()[-3000:]
        time.sleep(0.2)
    time.sleep(1)  # written, then served
    return Browser(port, plain, root)


@pytest.fixture
def stranger(browser: Browser) -> Browser:
    browser.jar.clear()
    return browser


def test_a_page_comes_over_tls_with_its_headers_and_cookies_of_this_host_alone(stranger: Browser) -> None:
    answer = stranger.ask("/accounts/login/")
    assert answer.status == 200
    assert answer.header("Strict-Transport-Security").startswith("max-age=")
    assert "default-src 'none'" in answer.header("Content-Security-Policy")
    assert "frame-ancestors 'none'" in answer.header("Content-Security-Policy")
    assert (answer.header("Server"), answer.header("X-Content-Type-Options")) == ("", "nosniff")
    assert "no-store" in answer.header("Cache-Control")
    assert stranger.sign_in().status == 302
    assert {cookie.name for cookie in stranger.jar} >= {"__Host-vigil_session"}
    for cookie in stranger.jar:
        assert (cookie.secure, cookie.path, cookie.domain_specified) == (True, "/", False)
    assert stranger.ask("/accounts/sign-ins/").status == 200


def test_what_a_stranger_says_of_himself_is_written_over(stranger: Browser) -> None:
    said = {
        "X_Forwarded_For": "203.0.113.9",
        "X_Request_ID": "mine",
        "X_Forwarded_Proto": "http",
        "Forwarded": "for=203.0.113.9",
        "X_Real_IP": "203.0.113.9",
    }
    answer = stranger.sign_in(**said)
    assert answer.status == 302
    assert answer.header("X-Request-ID") != "mine"
    page = stranger.ask("/accounts/sign-ins/", **said).text
    assert "127.0.0.1" in page
    assert "203.0.113.9" not in page


def test_plain_http_leads_to_tls_and_the_operators_numbers_stay_inside(stranger: Browser) -> None:
    with closing(http.client.HTTPConnection("localhost", stranger.plain, timeout=10)) as line:
        line.request("GET", "/accounts/login/")
        with line.getresponse() as answer:
            assert (answer.status, answer.headers["Location"].startswith("https://localhost")) == (308, True)
    assert [stranger.ask(path).status for path in ("/metrics", "/readyz")] == [404, 404]
    assert stranger.ask("/", method="TRACE").status == 405


def test_what_is_too_large_is_refused_and_another_host_is_nobodys(stranger: Browser) -> None:
    stranger.ask("/accounts/login/")
    with closing(http.client.HTTPSConnection("localhost", stranger.port, context=stranger.context, timeout=30)) as line:
        try:
            line.request("POST", "/accounts/login/", b"x" * (13 * 2**20))
            assert line.getresponse().status in (400, 413)
        except (ssl.SSLError, ConnectionError):
            line.close()  # it hung up while the rest was under way
    assert stranger.ask("/accounts/login/", Host="evil.example").body == b""
