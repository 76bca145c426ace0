"""Opening and closing the day: what was checked, counted and explained. A second time puts the first right (SET-4, DEV-3, PMF-1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from clinic import audit
from clinic.actions.duty import check_out
from clinic.actions.equipment import record_equipment_check
from clinic.actions.notices import resolve_notices
from clinic.actions.writing import locked_site, stop_on
from clinic.findings import refuse
from clinic.models import Membership, Site, User
from clinic.queries import duty_at, prescriber_on_site, today_at
from sessions.actions.facts import out_of_date
from sessions.models import DayRecord
from sessions.queries.day import counts_of, days_not_closed, equipment_to_check, forms_owed_count, open_sessions, record_of, unexplained, used_on
from sessions.rules import day as rules
from sessions.rules.concerns import SHORT, UNCLOSED, UNOPENED

Kind = DayRecord.Kind


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What was found in the morning. `devices` maps an oximeter or a cuff to good, bad or skipped."""

    devices: Mapping[int, str]
    kit: str
    rooms: str
    counts: rules.Counts
    note: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Closing:
    """What was found in the evening. `why` maps each session that is still open to its explanation."""

    day: date
    counts: rules.Counts
    why: Mapping[int, str] = field(default_factory=dict)
    note: str = ""
    reason: str = ""
    is_leaving: bool = False


@transaction.atomic
def open_day(site: Site, *, opening: Opening, client_key: UUID, by: User, now: datetime) -> DayRecord:
    """Keep today's opening with its checks of equipment and its count. What is missing is kept and shown, never refused (SET-4)."""
    place = locked_site(site)
    if earlier := same_record(place, Kind.OPENING, client_key):
        return earlier
    today = today_at(place, now)
    before = record_of(place, today, Kind.OPENING)
    refuse_second(place, before, "opened", opening.reason)
    results = checked(place, opening, by=by, now=now)
    has_prescriber = prescriber_on_site(place, now)
    short = rules.opening_shortfalls(has_prescriber=has_prescriber, devices=results, kit=opening.kit, rooms=opening.rooms, counts=opening.counts)
    answers: dict[str, object] = {
        "devices": {str(pk): how for pk, how in opening.devices.items()}, "kit": opening.kit, "rooms": opening.rooms, "prescriber": has_prescriber,
        "short": short,
    }  # fmt: skip
    made = keep(place, Kind.OPENING, today, before, opening.counts, answers, opening, client_key=client_key, by=by, now=now)
    resolve_notices(place, UNOPENED.code, place, "The day was opened.", now, today.isoformat())
    if not short:
        resolve_notices(place, SHORT.code, place, "Nothing is missing any more.", now, today.isoformat())
    return made


def checked(site: Site, opening: Opening, *, by: User, now: datetime) -> dict[str, list[str]]:
    """Put the checks of this morning on the equipment's own record; the results by kind."""
    results: dict[str, list[str]] = {}
    for device in equipment_to_check(site):
        how = opening.devices.get(device.pk, rules.SKIPPED)
        results.setdefault(device.kind, []).append(how)
        if how != rules.SKIPPED:
            is_good = how == rules.GOOD
            note = "" if is_good else (opening.note or "Not good at the opening of the day")
            record_equipment_check(device, checked_at=now, is_good=is_good, note=note[:200], by=by, now=now)
    return results


@transaction.atomic
def close_day(membership: Membership, *, closing: Closing, client_key: UUID, by: User, now: datetime) -> DayRecord:
    """Keep a day's closing: the count against what was opened and used, who is still here and why, forms owed, who is still on site.

    Raises Refused (DEV-3, PMF-1) without a count, for a difference without a note and an open session without its explanation.
    """
    place = locked_site(membership.site)
    if earlier := same_record(place, Kind.CLOSING, client_key):
        return earlier
    today = today_at(place, now)
    before = record_of(place, closing.day, Kind.CLOSING)
    if closing.day != today and before is None and closing.day not in days_not_closed(place, now):
        raise refuse("DEV-3", "That day isn't waiting to be closed.", field="day")
    refuse_second(place, before, "closed", closing.reason)
    still_here = {row.pk: row.chair.name for row in unexplained(open_sessions(place))} if closing.day == today else {}
    used = used_on(place, closing.day)
    left = rules.expected(counts_of(record_of(place, closing.day, Kind.OPENING)), used)
    stop_on(rules.count_findings(left=left, counted=closing.counts, note=closing.note) + rules.open_findings(still_here, closing.why))
    answers: dict[str, object] = {
        "used": used, "left": left, "open": {str(pk): closing.why[pk].strip()[:300] for pk in still_here}, "forms": forms_owed_count(place),
        "here": [str(stay.membership.user) for stay in duty_at(place, now)],
    }  # fmt: skip
    made = keep(place, Kind.CLOSING, closing.day, before, closing.counts, answers, closing, client_key=client_key, by=by, now=now)
    resolve_notices(place, UNCLOSED.code, place, "The day was closed.", now, closing.day.isoformat())
    if closing.is_leaving:
        check_out(membership, by=by, now=now)
    return made


def same_record(site: Site, kind: str, client_key: UUID) -> DayRecord | None:
    """What the same post made. Raises Refused for a key of another site, or of the day's other end."""
    row: DayRecord | None = DayRecord.objects.filter(client_key=client_key).first()
    if row is not None and (row.site_id, row.kind) != (site.pk, kind):
        raise out_of_date()
    return row


def refuse_second(site: Site, before: DayRecord | None, word: str, reason: str) -> None:
    at = before.observed_at if before is not None else None
    stop_on(rules.again_findings(was_done_at=at, clock=f"{at.astimezone(site.zone):%H:%M}" if at else "", word=word, reason=reason))


def keep(
    site: Site, kind: str, day: date, before: DayRecord | None, counts: rules.Counts, answers: dict[str, object], said: Opening | Closing,
    *, client_key: UUID, by: User, now: datetime,
) -> DayRecord:  # fmt: skip
    """The row, in the place of the one that it puts right; the site's lock is held."""
    made: DayRecord = DayRecord.objects.create(
        site=site, kind=kind, day=day, observed_at=now, recorded_at=now, recorded_by=by, client_key=client_key, answers=answers,
        count_patient=counts.get("patient"), count_bulk=counts.get("bulk"), note=said.note.strip()[:500], supersedes=before,
        reason=said.reason.strip()[:300] if before is not None else "",
    )  # fmt: skip
    changes = {"day": day.isoformat(), "count_patient": made.count_patient, "count_bulk": made.count_bulk, "short": answers.get("short", [])}
    audit.record(action="day.corrected" if before is not None else f"day.{kind}", target=made, by=by, now=now, site=site, changes=changes)
    return made
