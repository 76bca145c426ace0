"""Django's sign-ins in the database (SESSION_ENGINE), found by a query that is written once (ADR 14): every page asks for one."""

from datetime import datetime

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from clinic import clock
from clinic.prepared import prepared


@prepared
def standing(key: str, now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=now).order_by()


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Session | None:
        """By the real time, which Django writes as a sign-in's end; a demonstration's is moved."""
        found = standing.first(self.session_key, clock.real_now()) if self.session_key else None
        if found is None:
            self._session_key = None
        return found
