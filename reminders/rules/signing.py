"""Whether a webhook's call comes from the provider: signatures compared in constant time, old ones refused."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

FRESH_FOR = timedelta(minutes=5)


def twilio_signature(token: str, url: str, fields: Mapping[str, Sequence[str]]) -> str:
    """Twilio's: HMAC-SHA1 of the address and of each field's name and value in order of names, in Base64."""
    told = url + "".join(f"{name}{value}" for name in sorted(fields) for value in sorted(set(fields[name])))
    return base64.b64encode(hmac.new(token.encode(), told.encode(), hashlib.sha1).digest()).decode()


def keyed_signature(token: str, moment: str, body: bytes) -> str:
    """The keyed provider's: HMAC-SHA256 of the time of sending (whole seconds), a dot and the raw body, in hex."""
    return hmac.new(token.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()


def is_same(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode())


def is_fresh(moment: str, *, now: datetime) -> bool:
    """Whether a signed time lies within five minutes of now, either way."""
    if not moment.isascii() or not moment.isdigit() or len(moment) > 12:
        return False
    return abs(int(moment) - now.timestamp()) <= FRESH_FOR.total_seconds()
