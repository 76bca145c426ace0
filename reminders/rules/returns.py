"""What came back means: arrived, lost, lost because nothing reaches the address, or the patient has stopped it at the provider (MSG-2)."""

import re
from dataclasses import dataclass

ARRIVED = ("delivered", "read")
LOST = ("failed", "undelivered", "returned", "refused")
# Twilio's codes whose reason is the number itself. A phone that is off or a network that blocks is not among them: it may work tomorrow.
DEAD_NUMBER = {
    "21211": "it isn’t a phone number.",
    "21217": "it isn’t a phone number.",
    "21614": "it isn’t a mobile number.",
    "21635": "it is a landline.",
    "30005": "no phone has it.",
    "30006": "it is a landline, or its network takes no texts.",
}
STOPPED_THERE = ("21610",)
# The enhanced codes of mail servers (RFC 3463) whose reason is the address; a full mailbox, a policy or our own name is not.
DEAD_MAILBOX = {
    "5.1.1": "there is no such mailbox.",
    "5.1.2": "there is no such domain.",
    "5.1.3": "it isn’t an e-mail address.",
    "5.1.6": "the mailbox has moved away.",
    "5.1.10": "its domain takes no mail.",
    "5.2.1": "the mailbox is closed.",
}
ENHANCED = re.compile(r"\s*(5\.\d{1,3}\.\d{1,3})\b", re.ASCII)
# Where a server gives no enhanced code: the three that speak of a mailbox, unless the words speak of us.
OF_A_MAILBOX = (550, 551, 553)
OF_A_PERSON = re.compile(r"\b(no such|user|mailbox|recipient|addressee|unknown|account|does ?n.?t exist|does not exist|not exist)\b", re.IGNORECASE)
OF_US = re.compile(r"relay|den(y|ied)|polic|spam|block|black|auth|reputation|spf|dkim|dmarc|sender|rate|limit|quota|full", re.IGNORECASE)
CAME_BACK = "a message came back."


@dataclass(frozen=True)
class Report:
    """`is_for_good`: the address itself is the reason, `why` says it. `is_opt_out`: the patient has told the provider to stop."""

    status: str
    code: str = ""
    is_for_good: bool = False
    is_opt_out: bool = False
    why: str = ""


def twilio_report(status: str, code: str) -> Report:
    is_dead = status in LOST and code in DEAD_NUMBER
    return Report(status, code, is_dead, status in LOST and code in STOPPED_THERE, DEAD_NUMBER[code] if is_dead else "")


def keyed_report(status: str, code: str, *, is_permanent: bool, is_opt_out: bool = False) -> Report:
    is_dead = status in LOST and is_permanent and not is_opt_out
    return Report(status, code, is_dead, status in LOST and is_opt_out, f"its provider says so{f' ({code})' if code else ''}." if is_dead else "")


def mail_report(code: int, words: str, *, is_of_recipient: bool) -> Report:
    """A mail server's refusal for good. `is_of_recipient`: said to the address itself; later only an enhanced code is believed."""
    enhanced = ENHANCED.match(words)
    if enhanced:
        why = DEAD_MAILBOX.get(enhanced[1], "")
        return Report("refused", enhanced[1], bool(why), why=why)
    is_dead = is_of_recipient and code in OF_A_MAILBOX and bool(OF_A_PERSON.search(words)) and not OF_US.search(words)
    return Report("refused", str(code), is_dead, why="there is no such mailbox." if is_dead else "")
