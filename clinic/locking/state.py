"""What a sign-in's session remembers of its lock. Locking and unlocking change the session's key, so that no late answer of before undoes them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from clinic.models import User
from clinic.queries.locking import limits_of
from clinic.rules.locking import Limits, SignIn

KEY = "lock"


def begin(session: SessionBase, user: User, *, now: datetime, by_pin: bool = False) -> None:
    """A new sign-in: both its times begin now. One that began with a PIN never becomes a full one."""
    limits = limits_of(user, now)
    session[KEY] = {
        "who": user.pk,
        "began": now.timestamp(),
        "acted": now.timestamp(),
        "locked": False,
        "full": not by_pin,
        "pin": by_pin,
        **minutes(limits),
    }


def minutes(limits: Limits) -> dict[str, int]:
    return {"idle": int(limits.idle.total_seconds()) // 60, "longest": int(limits.longest.total_seconds()) // 60}


def stamp_of(session: SessionBase, user: User) -> dict[str, Any] | None:
    """The lock's part of the session; None for a sign-in that has none yet, or somebody else's."""
    stamp = session.get(KEY)
    return stamp if stamp and stamp["who"] == user.pk else None


def sign_in_of(session: SessionBase, user: User) -> SignIn | None:
    stamp = stamp_of(session, user)
    if stamp is None:
        return None
    limits = Limits(timedelta(minutes=stamp["idle"]), timedelta(minutes=stamp["longest"]))
    return SignIn(moment(stamp["began"]), moment(stamp["acted"]), limits, stamp["locked"])


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def note_act(session: SessionBase, user: User, *, now: datetime) -> None:
    """A person did something; the site's minutes and hours are read anew with it."""
    session[KEY] = session[KEY] | {"acted": now.timestamp(), **minutes(limits_of(user, now))}


def lock(session: SessionBase) -> None:
    session[KEY] = session[KEY] | {"locked": True}
    session.cycle_key()


def unlock(session: SessionBase, *, now: datetime, by_pin: bool = False) -> None:
    """Open again for the same person; the longest time goes on counting from the beginning. A PIN opens less than the password did."""
    stamp = session[KEY]
    session[KEY] = stamp | {"locked": False, "acted": now.timestamp(), "pin": by_pin or not stamp["full"]}
    session.cycle_key()


def is_by_pin(request: HttpRequest) -> bool:
    """Whether a PIN opened this sign-in last."""
    session = getattr(request, "session", None)
    return bool(session is not None and session.get(KEY, {}).get("pin"))
