"""Somebody at a real web process without a screen, who is told everything and follows nothing: status, headers, text, cookies."""

import http.client
import re
from contextlib import closing
from dataclasses import dataclass, field
from urllib.parse import urlencode, urljoin, urlsplit

Fields = list[tuple[str, str]]
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
EDGE = "vigil-edge-of-a-part"


@dataclass(frozen=True)
class Answer:
    """`path` is what was asked for."""

    method: str
    path: str
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        return "; ".join(value for told, value in self.headers if told.lower() == name.lower())

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")

    @property
    def is_page(self) -> bool:
        return self.header("Content-Type").startswith("text/html")

    @property
    def where(self) -> str:
        """Where a redirect leads, from the page that gave it."""
        return urljoin(self.path, self.header("Location"))

    def leads_off(self, origin: str) -> str:
        """Where another host's address stands in a header that a browser follows, read as leniently as browsers do."""
        for told in (self.header("Location"), self.header("HX-Redirect"), self.header("Refresh")):
            seen = re.sub(r"[\x00-\x20]", "", told).replace("\\", "/")
            parts = urlsplit(urljoin(origin + "/", seen))
            if told and f"{parts.scheme}://{parts.netloc}" != origin:
                return told
        return ""


@dataclass
class Visitor:
    """One browser's cookies."""

    origin: str
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """`HX_Request="true"` is the header HX-Request; what stands here goes over the wire as it is."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            given.setdefault("Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        line = http.client.HTTPConnection(urlsplit(self.origin).netloc, timeout=60)
        with closing(line):
            line.request(method, path, body=body or None, headers=given)
            response = line.getresponse()
            answer = Answer(method, path, response.status, response.getheaders(), response.read())
        for name, value in answer.headers:
            if name.lower() == "set-cookie":
                self.keep(value)
        return answer

    def keep(self, told: str) -> None:
        name, _, rest = told.partition("=")
        value = rest.partition(";")[0].strip('"')
        if not value or "max-age=0" in rest.lower():
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)

    def post(self, path: str, fields: Fields | dict[str, str], *, page: str = "", files: Fields | None = None, **headers: str) -> Answer:
        """With the CSRF token of `page` (asked for, where none stands in the fields) and the referrer that a browser would give."""
        values = list(fields.items()) if isinstance(fields, dict) else list(fields)
        if page and all(name != "csrfmiddlewaretoken" for name, _ in values):
            found = TOKEN.search(self.get(page).text)
            values += [("csrfmiddlewaretoken", found[1])] if found else []
        headers.setdefault("Referer", self.origin + (page or path).partition("?")[0])
        if files:
            return self.ask("POST", path, parts(values, files), **{"Content-Type": f"multipart/form-data; boundary={EDGE}", **headers})
        return self.ask("POST", path, encoded(values), **{"Content-Type": "application/x-www-form-urlencoded", **headers})

    def sign_in(self, email: str, password: str, then: str = "") -> Answer:
        address = "/accounts/login/" + (f"?{urlencode({'next': then})}" if then else "")
        return self.post(address, {"login": email, "password": password, **({"next": then} if then else {})}, page=address)

    @property
    def is_signed_in(self) -> bool:
        return self.get("/accounts/sign-ins/").status == 200


def encoded(values: Fields) -> bytes:
    return urlencode(values, errors="surrogatepass").encode()


def parts(values: Fields, files: Fields) -> bytes:
    """A form with files: (field's name, file's name), each a page with a script that calls itself a PDF."""
    lines = [f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode(errors="surrogatepass") for name, value in values]
    for name, called in files:
        head = f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"; filename="{called}"\r\nContent-Type: application/pdf\r\n\r\n'
        lines.append(head.encode(errors="surrogatepass") + b"<svg xmlns='http://www.w3.org/2000/svg'><script>vigilcanary()</script></svg>\r\n")
    return b"".join(lines) + f"--{EDGE}--\r\n".encode()
