"""Text messages over HTTP: what went wrong before the provider had the request is told apart from what broke after it."""

import json
from abc import ABC, abstractmethod
from typing import Any

import urllib3
from django.conf import settings
from django.urls import reverse
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from reminders.channels.outcomes import REFUSED, RETRY, SENT, UNCLEAR, Outcome, Text
from reminders.rules.returns import Report, keyed_report, twilio_report

TIMEOUT = urllib3.Timeout(connect=5, read=10)


class TextChannel(ABC):
    """What every text provider shares: one kept connection, no retries but ours, and the reading of its answer."""

    def __init__(self, *, url: str, sender: str) -> None:
        self.url, self.sender = url, sender
        self.pool = urllib3.PoolManager(num_pools=1, maxsize=1, retries=False, timeout=TIMEOUT)

    def deliver(self, *, to: str, text: Text, key: str) -> Outcome:
        try:
            response = self.post(to=to, body=text.body, key=key)
        except (NewConnectionError, ConnectTimeoutError) as error:
            return Outcome(RETRY, f"The text provider can't be reached ({type(error).__name__}).")
        except HTTPError as error:
            return Outcome(UNCLEAR, f"The connection was lost while sending ({type(error).__name__}).")
        return self.answered(response.status, response.data)

    @abstractmethod
    def post(self, *, to: str, body: str, key: str) -> urllib3.BaseHTTPResponse:
        """Hand one text over in the provider's own way; its answer."""

    @abstractmethod
    def reported(self, said: dict[str, Any]) -> Report:
        """What a refusal's own words say of the number."""

    def answered(self, status: int, said: bytes = b"") -> Outcome:
        if 200 <= status < 300:
            return Outcome(SENT)
        if status == 429:
            return Outcome(RETRY, f"The text provider refused it for now ({status}).")
        if status >= 500:
            return Outcome(UNCLEAR, f"The text provider failed in the middle ({status}). It may or may not have gone out.")
        return Outcome(REFUSED, f"The text provider refused it for good ({status}).", report=self.reported(told_in(said)))

    def close(self) -> None:
        self.pool.clear()


class KeyedChannel(TextChannel):
    """A provider that takes JSON and honours the Idempotency-Key header; the local stand-in is one."""

    def __init__(self, *, url: str, sender: str, token: str) -> None:
        super().__init__(url=url, sender=sender)
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def post(self, *, to: str, body: str, key: str) -> urllib3.BaseHTTPResponse:
        content = json.dumps({"from": self.sender, "to": to, "body": body}).encode()
        return self.pool.request("POST", self.url, body=content, headers={**self.headers, "Idempotency-Key": key})

    def reported(self, said: dict[str, Any]) -> Report:
        """`permanent`: nothing reaches the number; `opted_out`: its owner has stopped it there."""
        code = str(said.get("code", ""))[:20]
        return keyed_report("refused", code, is_permanent=said.get("permanent") is True, is_opt_out=said.get("opted_out") is True)


class TwilioChannel(TextChannel):
    """Twilio's REST interface. Its messages honour no key of ours, so what breaks in the middle is unclear."""

    def __init__(self, *, url: str, sender: str, account: str, token: str) -> None:
        super().__init__(url=f"{url}/2010-04-01/Accounts/{account}/Messages.json", sender=sender)
        self.headers: dict[str, Any] = urllib3.make_headers(basic_auth=f"{account}:{token}")

    def post(self, *, to: str, body: str, key: str) -> urllib3.BaseHTTPResponse:
        # Its word about the delivery comes back to this address, signed.
        status = f"{settings.VIGIL_ORIGIN}{reverse('text_status', args=['twilio'])}?key={key}"
        fields = {"From": self.sender, "To": to, "Body": body, "StatusCallback": status}
        return self.pool.request("POST", self.url, fields=fields, headers=self.headers, encode_multipart=False)

    def reported(self, said: dict[str, Any]) -> Report:
        return twilio_report("refused", str(said.get("code", ""))[:20])


def told_in(said: bytes) -> dict[str, Any]:
    """A JSON answer's fields; none for anything else."""
    try:
        told = json.loads(said)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
