"""What stands before two webs: each request goes to the other one in turn, and what a page posts under a key arrives at both."""

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

OF_ONE_LINE = {"connection", "keep-alive", "transfer-encoding", "content-length"}


class Front:
    """`Front()` listens at once; `webs` are the ports behind it. `copied` are the answers to the copies."""

    def __init__(self) -> None:
        self.webs: list[int] = []
        self.copied: list[int] = []
        self.turns = count()
        front = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                """The webs have their own."""

            def pass_on(self) -> None:
                front.pass_on(self)

            do_GET = do_POST = do_HEAD = pass_on

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def pass_on(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        turn = next(self.turns)
        first, second = self.webs[turn % 2], self.webs[(turn + 1) % 2]
        if request.command == "POST" and b"client_key" in body:
            # A tab that lost its connection sends the same again, and another web takes it, at the same moment.
            copy = threading.Thread(target=lambda: self.copied.append(self.ask(second, request, body)[0]))
            copy.start()
            status, headers, content = self.ask(first, request, body)
            copy.join()
        else:
            status, headers, content = self.ask(first, request, body)
        request.send_response_only(status)
        for name, value in headers:
            if name.lower() not in OF_ONE_LINE:
                request.send_header(name, value)
        if status not in (204, 304):
            request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(content)

    def ask(self, port: int, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            line.putrequest(request.command, request.path, skip_host=True, skip_accept_encoding=True)
            for name, value in request.headers.items():
                if name.lower() not in OF_ONE_LINE:
                    line.putheader(name, value)
            line.putheader("Content-Length", str(len(body)))
            line.endheaders(body)
            answer = line.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            line.close()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
