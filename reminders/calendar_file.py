"""One visit as a calendar file (RFC 5545, 5546): it updates and cancels the same event, and tells a time and a place, never what for (MSG-4)."""

from datetime import UTC, datetime
from email.utils import parseaddr

from django.conf import settings

from reminders.channels.outcomes import Event
from sessions.models import TreatmentSession

REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"
# Octets of a line, its end not counted.
LONGEST_LINE = 75
ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


def calendar_file(visit: TreatmentSession, *, method: str, to: str = "") -> Event:
    """The visit's event, for the patient's address where a mail brings it; for nobody's where they fetch it themselves.

    Times are UTC: no client has to know a zone's rules, and none can get a clock change wrong. Written line by line, since one
    goes with each reminder: a library for it took a fifth of a message's time.
    """
    is_off = method == CANCEL
    changed_at = (visit.cancelled_at if is_off else visit.slot_set_at) or visit.booked_at
    lines = [
        "BEGIN:VCALENDAR",
        "PRODID:-//Vigil//Visits//EN",
        "VERSION:2.0",
        "CALSCALE:GREGORIAN",
        f"METHOD:{method}",
        "BEGIN:VEVENT",
        f"UID:{visit.uid}",
        f"SEQUENCE:{visit.schedule_version}",
        f"DTSTAMP:{moment(changed_at)}",
        f"DTSTART:{moment(visit.starts_at)}",
        f"DTEND:{moment(visit.ends_at)}",
        f"SUMMARY:{visit.site.public_name.translate(ESCAPED)}",
        f"LOCATION:{visit.site.address.translate(ESCAPED)}",
        f"STATUS:{'CANCELLED' if is_off else 'CONFIRMED'}",
        f"TRANSP:{'TRANSPARENT' if is_off else 'OPAQUE'}",
        "CLASS:PRIVATE",
        *(between(to) if to else []),
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    return Event(method, "\r\n".join(map(folded, lines)))


def between(to: str) -> list[str]:
    """Who asks whom."""
    return [f"ORGANIZER:mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}", f"ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=FALSE:mailto:{to}"]


def moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def folded(line: str) -> str:
    """No line longer than 75 octets, and no letter cut in two."""
    rest, pieces = line.encode(), []
    while len(rest) > LONGEST_LINE:
        cut = LONGEST_LINE
        while rest[cut] & 0xC0 == 0x80:
            cut -= 1
        pieces.append(rest[:cut])
        rest = b" " + rest[cut:]
    return b"\r\n".join([*pieces, rest]).decode()
