"""Lines of the log, plain or as JSON: no token of a link, screen, feed, invitation or new password, no value of a row."""

import json
import logging
import re
import time
from contextvars import ContextVar
from datetime import UTC, datetime

# The id of the request, or of the task, that this thread works on.
current: ContextVar[str] = ContextVar("vigil_request", default="")

TOKEN = re.compile(r"(https?://[^/\s]+|(?<![\w/]))/(v|r|f|join|accounts/password/reset/key)/[^/\s?]+")


def without_token(text: str) -> str:
    """`/v/abc/confirm` becomes `/v/…/confirm`: whoever holds the token holds the visit."""
    return TOKEN.sub(r"\1/\2/…", text)


class TokenFilter(logging.Filter):
    """Rewrites a record's finished text."""

    def filter(self, record: logging.LogRecord) -> bool:
        told = record.getMessage()
        masked = without_values(told)
        if masked != told:
            record.msg, record.args = masked, None
        return True


class RequestFilter(logging.Filter):
    """Puts the id on a record, for both formats."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current.get() or "-"
        return True


# PostgreSQL tells the refused row itself: "Key (email)=(…) already exists." and "Failing row contains (…)".
# A value may hold line breaks, so all goes as far as the trace's own next words.
ROW = re.compile(r"^(DETAIL|CONTEXT):.*?(?=^(?:HINT|CONTEXT|Traceback|The above exception|During handling)\b|\Z)", re.MULTILINE | re.DOTALL)
# As the worker writes a fault that ended a task: on one line, by repr().
INLINE = re.compile(r"\\n(DETAIL|CONTEXT):.*")


def without_values(text: str) -> str:
    """A trace names the place of a fault, never a row's values or a token."""
    if "DETAIL:" in text or "CONTEXT:" in text:
        text = INLINE.sub(r" \1: …", ROW.sub(r"\1: …\n", text))
    return without_token(text)


class PlainFormatter(logging.Formatter):
    """For people: one line in UTC, whatever it tells of, and the trace of a fault."""

    converter = staticmethod(time.gmtime)

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = record.message.replace("\r", "\\r").replace("\n", "\\n")
        return super().formatMessage(record)

    def formatException(self, ei) -> str:  # type: ignore[no-untyped-def]
        return without_values(super().formatException(ei))


class JsonFormatter(PlainFormatter):
    """For machines: one JSON object a line, the trace inside of it."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request_id": getattr(record, "request_id", "-"),
            "text": record.getMessage(),
        }
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)
