"""The site's own dates in the next fourteen days: certification, training, equipment, moves of which the REMS isn't told (SET-1, SET-3, SET-4, SET-8)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from clinic.models import Certification, Site, Training
from clinic.queries import equipment_on, members_of, today_at
from clinic.roles import Role
from clinic.rules.standing import CertificationEvent, TrainingSpan, equipment_findings, is_certified
from patients.queries.authorisations import untold_transfers
from sessions.queries.ahead import Worry
from sessions.rules import ahead as rules

# Who prescribes, dispenses or administers is trained (SET-3); the front desk and readers needn't be.
TRAINED = (Role.PRESCRIBER, Role.MONITOR)


def site_worries(site: Site, now: datetime) -> list[Worry]:
    """Six queries."""
    today = today_at(site, now)
    return [*certification(site, today), *training(site, today), *equipment(site, today), *transfers(site, today)]


def certification(site: Site, today: date) -> Iterator[Worry]:
    rows = list(Certification.objects.filter(site=site).order_by("happened_on", "pk"))
    if not is_certified([CertificationEvent(row.happened_on, row.pk, row.kind) for row in rows], today):
        yield Worry(rules.CERTIFICATION, today, "The site is not certified in the REMS.")
        return
    review_on = rows[-1].review_on
    day = rules.shown_on(review_on, today) if review_on is not None else None
    if day is not None and review_on is not None:
        yield Worry(
            rules.REVIEW,
            day,
            "The certification is to be looked at (a reminder only)."
            if day == review_on
            else f"The review of the certification was due on {review_on.day} {review_on:%b}.",
        )


def training(site: Site, today: date) -> Iterator[Worry]:
    spans: dict[int, list[TrainingSpan]] = defaultdict(list)
    rows = Training.objects.filter(site=site, kind=Training.Kind.REMS, completed_on__lte=today)
    for pk, completed_on, expires_on in rows.values_list("membership_id", "completed_on", "expires_on"):
        spans[pk].append(TrainingSpan(completed_on, expires_on))
    for member in members_of(site).filter(role__in=TRAINED):
        done = spans.get(member.pk, [])
        last = rules.lapse_of(done)
        if not done:
            yield Worry(rules.TRAINING, today, f"{member.user}: no REMS training on record.", member.pk)
        elif last is not None and (day := rules.shown_on(last, today)) is not None:
            word = "lapses after this day" if last >= today else f"lapsed on {last.day} {last:%b}"
            yield Worry(rules.TRAINING, day, f"{member.user}: the REMS training {word}.", member.pk)


def equipment(site: Site, today: date) -> Iterator[Worry]:
    devices = equipment_on(site, today)
    for finding in equipment_findings([state for _, state in devices], today):
        if finding.level > 1:
            yield Worry(rules.NO_EQUIPMENT, today, finding.text)
    for row, state in devices:
        due_on = rules.check_due_on(state)
        if due_on is None or not state.is_good:
            yield Worry(rules.EQUIPMENT, today, f"{row} {'was never checked' if due_on is None else 'failed its last check'}.", row.pk)
        elif (day := rules.shown_on(due_on, today)) is not None:
            word = "is to be checked by this day" if due_on >= today else f"was to be checked by {due_on.day} {due_on:%b}"
            yield Worry(rules.EQUIPMENT, day, f"{row} {word}.", row.pk)


def transfers(site: Site, today: date) -> Iterator[Worry]:
    for move in untold_transfers(site):
        day = rules.shown_on(move.moves_on - timedelta(days=1), today)
        if day is not None:
            words = f"Treatment moves to another setting on {move.moves_on.day} {move.moves_on:%b}: {move.owner} tells the REMS before."
            yield Worry(rules.TRANSFER, day, words, move.pk, move.patient)
