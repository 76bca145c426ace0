"""A small signed-in client over one kept connection, as a browser behind a TLS proxy would come."""

import http.client
from urllib.parse import urlencode

HOST = "bench.example"
# As production calls them (config/settings.py).
SESSION, CSRF = "__Host-vigil_session", "__Host-vigil_csrf"


class Client:
    def __init__(self, port: int, cookie: str = "") -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.cookies = {SESSION: cookie} if cookie else {}

    def send(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, bytes]:
        """One request; cookies that the server sets are kept."""
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        all_headers = {
            "Host": HOST,
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "127.0.0.1",
            "Cookie": jar,
            "Accept-Encoding": "gzip",
            **headers,
        }
        self.line.request(method, path, body=body or None, headers=all_headers)
        answer = self.line.getresponse()
        content = answer.read()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, rest = line.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return answer.status, content

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        return self.send("GET", path, **headers)

    def post(self, path: str, fields: dict[str, str]) -> tuple[int, bytes]:
        token = self.cookies[CSRF]
        form = {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": token, "Origin": f"https://{HOST}"}
        return self.send("POST", path, urlencode(fields), **form)
