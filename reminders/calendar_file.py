"""One visit as a calendar file (RFC 5545, 5546): it updates and cancels the same event, and tells a time and a place, never what for."""

from datetime import UTC, datetime
from email.utils import parseaddr

from django.conf import settings

from reminders.channels.outcomes import Event
from sessions.models import TreatmentSession

REQUEST, CANCEL = "REQUEST", "CANCEL"
# Octets of a line, before it goes on in the next.
LONGEST_LINE = 75
ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": ""})


def calendar_file(visit: TreatmentSession, *, method: str, to: str) -> Event:
    """The visit's event, for the patient's address. Written by hand: a library needs a millisecond for it, the sender has six in all.

    Times are UTC: no client has to know a zone's rules, and none can get a clock change wrong.
    """
    site, is_off = visit.site, method == CANCEL
    changed_at = (visit.cancelled_at if is_off else visit.slot_set_at) or visit.booked_at
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Vigil//Visits//EN", "CALSCALE:GREGORIAN", f"METHOD:{method}", "BEGIN:VEVENT",
        f"UID:{visit.uid}", f"SEQUENCE:{visit.schedule_version}", f"DTSTAMP:{stamp(changed_at)}", f"DTSTART:{stamp(visit.starts_at)}",
        f"DTEND:{stamp(visit.ends_at)}", f"SUMMARY:{site.public_name.translate(ESCAPED)}", f"LOCATION:{site.address.translate(ESCAPED)}",
        f"ORGANIZER:mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}", f"ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=FALSE:mailto:{to}",
        f"STATUS:{'CANCELLED' if is_off else 'CONFIRMED'}", f"TRANSP:{'TRANSPARENT' if is_off else 'OPAQUE'}", "CLASS:PRIVATE",
        "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    return Event(method, "".join(folded(line) + "\r\n" for line in lines))


def stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def folded(line: str) -> str:
    """A long line in pieces of 75 octets; no letter is cut in two."""
    if line.isascii() and len(line) <= LONGEST_LINE:
        return line
    pieces, piece, size = [], "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > LONGEST_LINE:
            pieces.append(piece)
            piece, size = "", 1
        piece, size = piece + letter, size + width
    return "\r\n ".join([*pieces, piece])
