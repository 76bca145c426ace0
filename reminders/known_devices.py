"""Which devices have proved that they are the patient's: a signed cookie, written once the birth date was right (MSG-4)."""

from datetime import date, timedelta

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from patients.models import Patient

COOKIE = "__Host-visits" if settings.SESSION_COOKIE_SECURE else "visits"
SALT = "vigil.device"
KEPT_FOR = timedelta(days=90)
# A family may share a telephone.
MOST_PATIENTS = 4
# Per patient: a handful in a quarter of an hour, and a few handfuls a day. The right date is refused like a wrong one once they are gone.
LIMITS = ((5, 15 * 60), (20, 24 * 60 * 60))


def mark_of(patient: Patient, key: str | None = None) -> str:
    """Bound to the patient and to the birth date: a corrected date asks again."""
    return salted_hmac(SALT, f"{patient.uid}:{patient.birth_on:%Y%m%d}", secret=key, algorithm="sha256").hexdigest()[:32]


def marks_on(request: HttpRequest) -> list[str]:
    """The patients that this device has proved to be; none when the cookie was touched or is too old."""
    try:
        told = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=KEPT_FOR)
    except signing.BadSignature:
        return []
    return [str(mark) for mark in told][-MOST_PATIENTS:] if isinstance(told, list) else []


def is_known(request: HttpRequest, patient: Patient) -> bool:
    known = [mark_of(patient, key) for key in (None, *settings.SECRET_KEY_FALLBACKS)]
    return any(constant_time_compare(mark, own) for mark in marks_on(request) for own in known)


def remember(request: HttpRequest, response: HttpResponse, patient: Patient) -> None:
    """From now on this device is asked no more about this patient."""
    own = mark_of(patient)
    marks = [*(mark for mark in marks_on(request) if mark != own), own][-MOST_PATIENTS:]
    response.set_cookie(
        COOKIE, signing.dumps(marks, salt=SALT), max_age=int(KEPT_FOR.total_seconds()), path="/", httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip


def is_right(patient: Patient, told: date | None) -> bool:
    """Whether a birth date is the patient's. A try is taken before it is looked at; when all are gone nothing is right."""
    taken = [take_a_try(patient, most, seconds) for most, seconds in LIMITS]
    matches = constant_time_compare(told.isoformat() if told else "-", patient.birth_on.isoformat())
    is_good = matches and all(taken)
    if is_good:
        cache.delete_many([key for key in taken if key])
    return is_good


def take_a_try(patient: Patient, most: int, seconds: int) -> str | None:
    """As sign-in's own limit: many posts at once have no more tries than one after the other."""
    keys = (f"birth-tries:{patient.pk}:{seconds}:{number}" for number in range(most))
    return next((key for key in keys if cache.add(key, True, seconds)), None)
