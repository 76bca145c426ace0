"""What doesn't go as planned at a network's site: alerts at the checks, early leavings by two signatures, patients who simply went. In bulk."""

from clinic.models import Membership, Site, SitePolicy
from clinic.roles import Role
from desk.demo.cloning import Columns, insert, named
from sessions.models import Alert, Departure, Discharge, Observation, Override, SafetyCall, TreatmentSession

# Of so many visits one had a high pressure at forty minutes, and in one the patient went without a word.
RAISED, WENT = 29, 223
IS_RAISED = f"v.g % {RAISED} = 0 AND e.planned_minute = 40"
HAS_GONE = f"v.g % {WENT} = 7"
# Between a reading and the signature under it.
SOON = "interval '1 minute'"


def early_every(number: int) -> int:
    """Of so many visits one ended early: another share at each site."""
    return 17 + number % 40


def is_early(number: int) -> str:
    return f"(v.g % {early_every(number)} = 0 AND NOT ({HAS_GONE}))"


def short_by(number: int) -> str:
    """What is missing of the watch of who left early."""
    return f"make_interval(mins => CASE WHEN {is_early(number)} THEN 25 ELSE 0 END)"


def visit_endings(number: int) -> Columns:
    """Who went has no discharge; the columns of the visit say so."""
    ended, went = f"e.discharged_at + v.shift - {short_by(number)}", f"e.status = 'discharged' AND {HAS_GONE}"
    return {
        "discharged_at": f"CASE WHEN {went} THEN NULL ELSE {ended} END", "left_at": f"CASE WHEN {went} THEN {ended} ELSE e.left_at + v.shift END",
        "status": f"CASE WHEN {went} THEN 'left' ELSE e.status END", "status_reason": f"CASE WHEN {went} THEN 'Went without a word' ELSE e.status_reason END",
    }  # fmt: skip


def discharge_columns(number: int, second: int) -> Columns:
    early = is_early(number)
    return {name: f"e.{name} + v.shift - {short_by(number)}" for name in ("discharged_at", "recorded_at")} | {
        "is_early": early, "early_reason": f"CASE WHEN {early} THEN 'Has to fetch a child' ELSE '' END",
        "second_signer_id": f"CASE WHEN {early} THEN {second} END",
    }  # fmt: skip


def prescriber_of(site: Site, people: int) -> Membership:
    return Membership.objects.filter(site=site, role=Role.PRESCRIBER, user__gt=people).order_by("pk")[0]


def add_odds(site: Site, people: int) -> None:
    """After the facts have been cloned: what hangs on them."""
    second = prescriber_of(site, people).user_id
    alerts(site)
    early(site, second)
    gone(site)


def alerts(site: Site) -> None:
    """Of every reading after the first device above the site's limit (MON-6); one in forty was taken by nobody."""
    limit = SitePolicy.objects.filter(site=site).order_by("effective_on", "pk").values_list("high_systolic", flat=True)[0]
    taken = "(o.id % 40 > 0)"
    insert(
        Alert,
        f"{named(Observation)} o WHERE o.site_id = {site.pk} AND o.systolic > {limit} AND o.planned_minute > 0",
        {
            "site_id": str(site.pk), "session_id": "o.session_id", "observation_id": "o.id", "tier": "'high'", "what": "'systolic'",
            "text": "'Systolic ' || o.systolic", "raised_at": "o.recorded_at", "repeat_due_at": "o.recorded_at + interval '5 minutes'",
            "acknowledged_at": f"CASE WHEN {taken} THEN o.recorded_at + make_interval(mins => 1 + (o.id % 5)::int) END",
            "acknowledged_by_id": f"CASE WHEN {taken} THEN o.recorded_by_id END",
            "closed_at": f"CASE WHEN {taken} THEN o.recorded_at + interval '9 minutes' END", "closed_by_id": f"CASE WHEN {taken} THEN o.recorded_by_id END",
            "closed_how": f"CASE WHEN {taken} THEN 'A good repeat' ELSE '' END",
        },
    )  # fmt: skip


def early(site: Site, second: int) -> None:
    """The decision that each early discharge went past (OUT-3)."""
    insert(
        Override,
        f"{named(Discharge)} d WHERE d.site_id = {site.pk} AND d.is_early",
        {
            "site_id": str(site.pk), "session_id": "d.session_id", "gate": "'discharge'", "rule": "'MON-1'", "finding": "'MON-1.watch'",
            "text": "'The two hours are not over.'", "reason": "d.early_reason", "decided_at": "d.discharged_at", "decided_by_id": str(second),
            "discharge_id": "d.id", "client_key": "gen_random_uuid()",
        },
    )  # fmt: skip


def gone(site: Site) -> None:
    """How each was seen to go, and the call that is owed the same day; one in seven was made too late (OUT-3, MSG-7)."""
    went = f"{named(TreatmentSession)} s WHERE s.site_id = {site.pk} AND s.status = 'left'"
    seen = {"site_id": str(site.pk), "session_id": "s.id"}
    insert(
        Departure,
        went,
        seen
        | {
            "kind": "'left'", "condition": "'Awake, steady on their feet'", "patient_called": "'reached'", "contact_called": "''", "emergency_called": "''",
            "note": "''", "destination": "''", "handed_to": "''", "observed_at": "s.left_at", "recorded_at": f"s.left_at + {SOON}",
            "recorded_via": "'person'", "recorded_by_id": "s.booked_by_id", "client_key": "gen_random_uuid()", "reason": "''", "is_withdrawn": "false",
        },
    )  # fmt: skip
    late = "make_interval(hours => CASE WHEN s.id % 7 = 0 THEN 9 ELSE 1 END)"
    insert(
        SafetyCall,
        went,
        seen
        | {
            "why": "'left'", "raised_at": "s.left_at", "due_at": "s.left_at + interval '4 hours'", "closed_at": f"s.left_at + {late}",
            "closed_by_id": "s.booked_by_id", "closed_how": "'Reached: well'",
        },
    )  # fmt: skip
