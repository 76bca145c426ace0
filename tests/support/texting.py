"""A text provider of its own on loopback: real HTTP, honours idempotency keys as real ones do; it can refuse, break off and stall."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.test import Client

from reminders.rules.signing import keyed_signature


@dataclass
class Phones:
    """What was delivered, in order. Every request is kept too: two under one key are one text."""

    port: int = 0
    delivered: list[dict[str, Any]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    known: dict[str, int] = field(default_factory=dict)
    # What happens to the next requests: "" taken, "500", "400", "drop" (taken, then the line breaks), "stall"; `words` is what it answers.
    mood: str = ""
    words: dict[str, Any] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/messages"

    @property
    def environment(self) -> dict[str, str]:
        return {"VIGIL_TEXT_URL": self.url, "VIGIL_TEXT_TOKEN": "test-token"}

    def to(self, number: str) -> list[dict[str, Any]]:
        return [text for text in list(self.delivered) if text["to"] == number]

    def take(self, key: str, text: dict[str, Any]) -> int:
        """Deliver once per key; the answer of the first time is given again."""
        with self.lock:
            self.requests.append(key)
            if key not in self.known:
                self.known[key] = 201
                self.delivered.append({**text, "key": key})
            return self.known[key]


def handler_of(phones: Phones) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            text = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            mood = phones.mood
            if mood.isdigit():
                phones.requests.append(self.headers["Idempotency-Key"])
                self.answer(int(mood))
                return
            status = phones.take(self.headers["Idempotency-Key"], text)
            if mood == "drop":
                self.close_connection = True
                return
            if mood == "stall":
                time.sleep(1)
            self.answer(status)

        def answer(self, status: int) -> None:
            body = json.dumps(phones.words).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    return Handler


class Quiet(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who asked was killed in the middle: nothing to tell."""


@contextmanager
def running_phones() -> Iterator[Phones]:
    phones = Phones()
    server = Quiet(("127.0.0.1", 0), handler_of(phones))
    server.daemon_threads = True
    phones.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield phones
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def text_in(
    client: Client, *, id: str, body: str, at: datetime, number: str = "+15185550123", to: str = "+15185550199", token: str = "test-token"
) -> Any:
    """Post a patient's text to the webhook as the keyed provider does: signed, with the time of sending."""
    return signed(client, "/hooks/text/http/", {"id": id, "from": number, "to": to, "body": body}, at=at, token=token)


def signed(client: Client, path: str, told: object, *, at: datetime, token: str = "test-token") -> Any:
    content, moment = json.dumps(told).encode(), str(int(at.timestamp()))
    headers = {"X-Vigil-Timestamp": moment, "X-Vigil-Signature": keyed_signature(token, moment, content)}
    return client.post(path, content, content_type="application/json", headers=headers)
