"""The step of leaving: what still stands in the way, readiness item by item, the signature; afterwards the record as signed (OUT-1, OUT-2)."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import HttpRequest
from django.urls import reverse

from clinic.findings import Finding
from clinic.roles import Permission, may
from clinic.signatures import intact
from sessions.actions.leaving import sign_off_findings
from sessions.forms.leaving import ReadinessForm
from sessions.models import Addendum, Departure, Discharge, TreatmentSession
from sessions.picture import Picture
from sessions.queries.leaving import hand_off_words, printed, signatures_under, takers_of, version_of
from sessions.rules.early import may_pass
from sessions.rules.readiness import ITEMS, OTHER_TAKER, SEEN
from sessions.states import DOSED, Status

TEMPLATE = "sessions/_step_leave.html"
PLACES = {"check": "watch", "alerts": "watch"}


def context(picture: Picture, *, request: HttpRequest, now: datetime, bound_form: Any = None) -> dict[str, Any]:
    """What `_step_leave.html` shows; `bound_form` is the readiness or the signature that was refused."""
    session, membership = picture.session, request.membership  # type: ignore[attr-defined]
    findings = sign_off_findings(picture, membership, now) if session.status == Status.MONITORING else []
    newest = picture.readiness_checks[-1] if picture.readiness_checks else None
    answers = newest.answers if newest and now - newest.observed_at <= picture.clock_policy.final_max_age else {}
    return {
        "session": session,
        "site": request.site,  # type: ignore[attr-defined]
        "now": now,
        "may_see": may(membership.role, Permission.DECIDE),
        "may_review": may(membership.role, Permission.DECIDE),
        "may_sign": may(membership.role, Permission.SIGN_DISCHARGE),
        "may_add": may(membership.role, Permission.ADD_ADDENDUM) and session.status in (Status.DISCHARGED, Status.LEFT, Status.TRANSFERRED),
        "is_watched": session.status == Status.MONITORING,
        "is_over": session.status in DOSED and session.status not in (Status.DOSING, Status.MONITORING),
        "gate_opens_at": picture.gate_opens_at,
        "in_the_way": [row_of(finding, request, session.pk) for finding in findings if not finding.code.startswith("OUT-1")],
        "unmet": [finding for finding in findings if finding.code.startswith("OUT-1")],
        "is_ready": not findings,
        "may_leave_early": any(may_pass(finding) for finding in findings),
        "items": item_rows(shown_answers(bound_form, answers)),
        "taken": taken_rows(session, shown_answers(bound_form, answers)) if session.status == Status.MONITORING else None,
        "answered": newest,
        "readiness_key": uuid4(),
        "sign_key": uuid4(),
        "version": version_of(picture),
        "refused": getattr(bound_form, "findings", []),
        "errors": plain_errors(bound_form),
        "signer": request.user,
        "credential": membership.get_credential_display(),
        **verified(signed(picture)),
    }


def row_of(finding: Finding, request: HttpRequest, pk: int) -> dict[str, object]:
    """A finding with the link to the place that mends it."""
    place = PLACES.get(finding.field)
    url = f"{reverse('flowsheet', args=[request.site.slug, pk])}?step={place}" if place else ""  # type: ignore[attr-defined]
    return {"finding": finding, "url": url}


def shown_answers(bound_form: Any, answers: dict[str, str]) -> Any:
    """What was typed and refused, else what was answered in the last minutes."""
    return bound_form.data if isinstance(bound_form, ReadinessForm) else answers


def taken_rows(session: TreatmentSession, shown: Any) -> dict[str, Any]:
    """Who takes the patient home: their own people, or somebody to be named; how they were seen."""
    people = [{"value": str(one.pk), "label": one.name} for one in takers_of(session)]
    by, seen = shown.get("taken_by", ""), shown.get("taken_seen", "")
    return {
        "people": [{**one, "is_on": one["value"] == by} for one in (*people, {"value": OTHER_TAKER, "label": "Somebody else"})],
        "name": shown.get("taken_name", ""),
        "seen": [{"value": value, "label": label, "is_on": value == seen} for value, label in SEEN],
    }


def item_rows(shown: Any) -> list[dict[str, object]]:
    """Each item of OUT-1 with its choices; answers of the last minutes stand chosen, so that only what has changed is tapped."""
    rows: list[dict[str, object]] = []
    for item in ITEMS:
        value = shown.get(item.id, "")
        options = [{"value": code, "label": word, "is_on": code == value, "is_good": code in item.good} for code, word in item.choices]
        rows.append({"id": item.id, "label": item.label, "options": options, "is_met": value in item.good, "is_wide": len(item.choices) > 2})
    return rows


def plain_errors(bound_form: Any) -> list[str]:
    """What was wrong with the form but isn't a finding of the gate."""
    if bound_form is None or getattr(bound_form, "findings", []):
        return []
    return [str(error) for errors in bound_form.errors.values() for error in errors]


def signed(picture: Picture) -> dict[str, Any]:
    """The discharge or the departure with its signatures, and the addenda; nothing while the patient is here."""
    session = picture.session
    if session.status in (Status.DOSING, Status.MONITORING) or session.status not in DOSED:
        return {"discharge": None, "signature": None, "signed": [], "addenda": [], "departure": None, "taken_words": ""}
    row = Discharge.objects.filter(session=session).select_related("readiness").first()
    departure = None if row else Departure.objects.standing().filter(session=session).select_related("recorded_by", "observed_by").last()
    signatures = (
        signatures_under(session.site, "discharge", row.pk) if row else signatures_under(session.site, "departure", departure.pk) if departure else []
    )
    addenda = list(Addendum.objects.standing().filter(session=session).select_related("recorded_by"))
    first = signatures[0] if signatures else None
    taken = hand_off_words(row.readiness.answers) if row else ""
    return {"discharge": row, "signature": first, "signed": signatures, "addenda": addenda, "departure": departure, "taken_words": taken}


def verified(told: dict[str, Any]) -> dict[str, Any]:
    """The signatures as they are printed, each held against the record as it reads now (OUT-2)."""
    whole = intact(told["signed"])
    return {**told, "signed": [printed(one) | {"is_intact": one.pk in whole} for one in told["signed"]]}
