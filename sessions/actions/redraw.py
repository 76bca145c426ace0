"""Accept the rest of a course as it was proposed anew: all of it or single visits, in one transaction (DOS-6)."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from clinic import audit
from clinic.findings import Refused, blocks, decisions, refuse
from clinic.models import Chair, User
from patients.models import Patient
from sessions.actions.booking import Wish, book, cancel, move_visit
from sessions.actions.deciding import NOBODY, Decider, keep_rhythm
from sessions.actions.facts import new_fact, same_post
from sessions.actions.life import locked
from sessions.actions.off_schedule import ask_on
from sessions.actions.safety_calls import drop_call
from sessions.models import Redrawing, TreatmentSession
from sessions.queries.next_step import decided
from sessions.queries.redraw import booked_of, lines_of, world_of
from sessions.queries.safety_calls import is_call_due
from sessions.rules.next_step import END
from sessions.rules.planning import Chosen, check_plan
from sessions.rules.redraw import Line, What

ONE_CALL = "One call stands for all of the visits that were given up."


@transaction.atomic
def accept_lines(
    session: TreatmentSession, keys: Collection[str], *, client_key: UUID, decider: Decider = NOBODY, by: User, now: datetime
) -> Redrawing:
    """Move, add and give up the visits of these lines, or none of them. The proposal is drawn again under the locks of any booking.
    The page's key has one effect.

    Raises Refused while nothing is decided, when a line no longer stands as it was shown, with all that speaks against the chosen together,
    and with what only a prescriber decides, with a reason (DOS-5).
    """
    row = lock_all(session)
    earlier = same_post(Redrawing, client_key, row)
    if earlier is not None:
        return earlier
    decision = decided(row)
    if decision is None:
        raise refuse("DOS-6", "Decide first how the course goes on.", code="DOS-6.undecided")
    lines = [line for line in lines_of(row, decision.choice, now) if line.is_change]
    chosen = [line for line in lines if line.key in keys]
    if not keys or len(chosen) != len(set(keys)):
        raise refuse(
            "DOS-6", "Choose again: " + ("nothing was chosen." if not keys else "the proposal has changed meanwhile."), code="redraw.changed"
        )
    if decision.choice != END:
        require_legal(row, chosen, decider, now)
    visits = {visit.pk: visit for visit in TreatmentSession.objects.filter(pk__in=[line.old.session_pk for line in chosen if line.old])}
    for line in sorted(chosen, key=lambda line: line.what is What.ADD):
        visit = carry_out(row, line, visits, client_key=client_key, by=by, now=now)
        keep_rhythm(visit, line.decisions, reason=decider.reason, by=by, now=now)
        ask_on(visit, now=now)
    return keep_count(row, chosen, client_key=client_key, by=by, now=now)


def keep_count(row: TreatmentSession, chosen: Iterable[Line], *, client_key: UUID, by: User, now: datetime) -> Redrawing:
    """What was accepted, with its audit entry."""
    counts = Counter(line.what for line in chosen)
    made = new_fact(
        Redrawing, row, observed_at=now, by=by, now=now, client_key=client_key,
        moved=counts[What.MOVE], added=counts[What.ADD], given_up=counts[What.DROP],
    )  # fmt: skip
    audit.record(
        action="session.redrawn", target=row, by=by, now=now, site=row.site, patient_pk=row.patient_id,
        changes={str(word): counts[word] for word in (What.MOVE, What.ADD, What.DROP) if counts[word]},
    )  # fmt: skip
    return made


def lock_all(session: TreatmentSession) -> TreatmentSession:
    """The site's chairs, then the patient, then the session, each in the order of any booking: so nobody waits in a circle."""
    list(Chair.objects.select_for_update().filter(site_id=session.site_id).order_by("pk"))
    Patient.objects.select_for_update().only("pk").get(pk=session.patient_id)
    return locked(session)


def require_legal(row: TreatmentSession, chosen: Collection[Line], decider: Decider, now: datetime) -> None:
    """The chosen visits judged together beside those that stay: what was legal as a whole may not be so in part.

    A prescriber's reason passes what the lines themselves say that it passes, and nothing else.
    """
    named = [decision.finding for line in chosen for decision in line.decisions]
    if named and not decider.decides:
        raise Refused(named)
    places = [(line, line.new) for line in chosen if line.new is not None]
    house, course = world_of(row, booked_of(row, now), now)
    for line, _ in places:
        if line.old is not None:
            house = house.without(line.old.session_pk)
            course = replace(course, booked_days=tuple(day for day in course.booked_days if day != line.old.slot.day))
    wanted = [Chosen(starts_at=slot.starts_at, chair_pk=slot.chair_pk, dose_mg=line.dose_mg) for line, slot in places]
    passed = {(slot.starts_at, decision.finding.key) for line, slot in places for decision in line.decisions}
    checked = check_plan(wanted, house=house, course=course, patient_status=row.patient.status)
    # A visit beyond four weeks was decided when it was booked; that it moves decides nothing anew (DOS-4).
    new = [
        found for one in checked for found in decisions(one.findings) if found.key != "DOS-4.beyond" and (one.slot.starts_at, found.key) not in passed
    ]
    if in_the_way := [*blocks(found for one in checked for found in one.findings), *new]:
        raise Refused(in_the_way)


def carry_out(
    row: TreatmentSession, line: Line, visits: dict[int, TreatmentSession], *, client_key: UUID, by: User, now: datetime
) -> TreatmentSession:
    """One line, by the act of any visit: book, move or cancel."""
    if line.what is What.DROP:
        assert line.old is not None
        return give_up(visits[line.old.session_pk], line, by=by, now=now)
    assert line.new is not None
    wish = Wish(
        patient=row.patient, chair=Chair.objects.get(pk=line.new.chair_pk), starts_at=line.new.starts_at, dose_mg=line.dose_mg, is_of_plan=True
    )
    if line.old is not None:
        return move_visit(visits[line.old.session_pk], wish, seen_version=line.old.version, by=by, now=now)
    return book(wish, client_key=uuid5(client_key, line.key), by=by, now=now)


def give_up(visit: TreatmentSession, line: Line, *, by: User, now: datetime) -> TreatmentSession:
    """Cancel a visit: the course has ended, and one safety call is enough for all of them (MSG-7); or it had no slot, and the rest stays."""
    if line.is_last_resort:
        cancel(visit, reason="No slot was left for it; the rest of the course stays", by=by, now=now)
        return visit
    is_due = is_call_due(visit.patient)
    cancel(visit, reason="The course has ended", by=by, now=now)
    if is_due:
        drop_call(visit, ONE_CALL, by=by, now=now)
    return visit
