"""Whose record an answer shows: the doors note the row, and once the page was given the read is an entry of the trail."""

from collections.abc import Callable

from django.db import models
from django.http import HttpRequest, HttpResponse

from clinic import audit
from clinic.auditing import page_of, patient_pk_of
from clinic.locking.polls import POLLS

# A model with `is_record` is read as itself; any other row is a part of what it leads to, the nearest first.
WAYS = ("session", "patient", "course", "order", "intake", "form")
SHOWN = (200, 422)


def note(request: HttpRequest, row: models.Model | None) -> None:
    """What this answer is going to show; of several rows the last counts. None where the page writes an entry of its own."""
    before = getattr(request, "opened", None)
    if row is not None and before is not None and record_of(row) is None:
        return  # a grant, a file's kind: no record takes the place of one
    request.opened = row  # type: ignore[attr-defined]


def record_of(row: models.Model | None) -> models.Model | None:
    """The record that a row belongs to: a session, a chart, a form; None for what is no patient's."""
    if row is None or getattr(row, "is_record", False):
        return row
    return next((found for way in WAYS if (found := record_of(getattr(row, way, None))) is not None), None)


class ReadMiddleware:
    """One entry per person, record and 15 minutes, whatever page of it was shown; polls leave none, and an auditor's grant notes each view itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        row = getattr(request, "opened", None)
        is_limited = getattr(request, "grant", None) is not None
        if row is not None and response.status_code in SHOWN and not is_limited and POLLS.get(page_of(request), True):
            self.tell(request, row)
        return response

    def tell(self, request: HttpRequest, row: models.Model) -> None:
        record = record_of(row)
        patient_pk = patient_pk_of(record)
        if record is not None and patient_pk is not None:
            audit.read(target=record, by=request.user, now=request.now, site=request.site, patient_pk=patient_pk)  # type: ignore[arg-type,attr-defined]
