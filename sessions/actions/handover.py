"""Whose chair it is changes by these acts alone, each in the audit trail of every patient it touches (SET-3)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic import audit
from clinic.actions.duty import locked_member
from clinic.actions.notices import resolve_notices
from clinic.actions.writing import stop_on
from clinic.models import Membership, Site, User
from clinic.queries import on_site_at
from sessions.actions.facts import out_of_date
from sessions.actions.feeds import keep_hands
from sessions.models import Handover, HandoverChair, TakeOver, TreatmentSession
from sessions.queries.gates import may_monitor
from sessions.queries.handover import Card, cards_of
from sessions.rules import handover as rules
from sessions.rules.concerns import COVER, OFFER, OWNER_GONE
from sessions.states import PRESENT


@transaction.atomic
def offer_chairs(giver: Membership, *, to: Membership, minutes: int | None, note: str, client_key: UUID, by: User, now: datetime) -> Handover:
    """Offer all of one's chairs to a named colleague, for good or (`minutes`) for a while. Nothing changes until they accept."""
    # The giver first: a second offer of theirs waits here, and then sees the first one. Offers before chairs, as whoever accepts one does.
    locked_member(giver)
    earlier = Handover.objects.filter(client_key=client_key).first()
    if earlier is not None and (earlier.offered_by_id, earlier.site_id) != (by.pk, giver.site_id):
        raise out_of_date()
    if earlier is not None:
        return earlier
    waiting = [row for row in open_offers(giver.site, by) if is_about_somebody(row, by=by, now=now)]
    sessions = locked_chairs(giver.site, by)
    takes = to.is_active and to.site_id == giver.site_id and may_monitor(to)
    stop_on(rules.offer_findings(is_self=to.user_id == by.pk, may_watch=takes, chairs=len(sessions), is_waiting=bool(waiting), minutes=minutes))
    kind = Handover.Kind.HAND if minutes is None else Handover.Kind.COVER
    made = Handover.objects.create(
        site=giver.site, kind=kind, to=to.user, minutes=minutes, note=note.strip()[:300], offered_at=now, offered_by=by, client_key=client_key
    )
    told = {card.session.pk: told_of(card) for card in cards_of(giver.site, sessions, now)}
    HandoverChair.objects.bulk_create(HandoverChair(site=giver.site, handover=made, session=row, told=told[row.pk]) for row in sessions)
    changes = {"to": to.user_id, "kind": str(kind), "minutes": minutes, "sessions": [row.pk for row in sessions]}
    audit.record(action="handover.offered", target=made, by=by, now=now, site=giver.site, changes=changes)
    return made


@transaction.atomic
def accept_chairs(handover: Handover, *, by: User, now: datetime) -> Handover:
    """One tap: from now on these chairs are mine. Accepting twice has one effect. Raises Refused for anybody but the named colleague."""
    row = locked_handover(handover)
    stop_on(rules.answer_findings(is_for_me=row.to_id == by.pk, is_ended=row.ended_at is not None))
    if row.accepted_at is not None:
        return row
    row.accepted_at = now
    row.save(update_fields=["accepted_at"])
    pass_on(chairs_in(row, owner_pk=row.offered_by_id), to=by, action="session.handed_over", by=by, now=now)
    resolve_notices(row.site, OFFER.code, row, "Accepted.", now)
    audit.record(action="handover.accepted", target=row, by=by, now=now, site=row.site, changes={"from": row.offered_by_id})
    return row


@transaction.atomic
def decline_chairs(handover: Handover, *, by: User, now: datetime) -> Handover:
    """No: the chairs stay with their giver, who sees it on the board."""
    row = locked_handover(handover)
    stop_on(rules.answer_findings(is_for_me=row.to_id == by.pk, is_ended=row.ended_at is not None or row.accepted_at is not None))
    return end(row, Handover.Ended.DECLINED, by=by, now=now)


@transaction.atomic
def withdraw_offer(handover: Handover, *, by: User, now: datetime) -> Handover:
    """The giver takes the offer back, as long as nobody has accepted it."""
    row = locked_handover(handover)
    is_mine, is_ended = row.offered_by_id == by.pk, row.ended_at is not None
    stop_on(rules.withdraw_findings(is_mine=is_mine, is_accepted=row.accepted_at is not None, is_ended=is_ended))
    return end(row, Handover.Ended.WITHDRAWN, by=by, now=now)


@transaction.atomic
def come_back(handover: Handover, *, by: User, now: datetime) -> Handover:
    """The giver of a cover is back: the chairs that their colleague still has are theirs again."""
    row = locked_handover(handover)
    is_accepted = row.accepted_at is not None
    stop_on(rules.return_findings(is_mine=row.offered_by_id == by.pk, is_cover=row.kind == Handover.Kind.COVER, is_accepted=is_accepted))
    if row.ended_at is not None:
        return row
    pass_on(chairs_in(row, owner_pk=row.to_id), to=by, action="session.handed_back", by=by, now=now)
    return end(row, Handover.Ended.RETURNED, by=by, now=now)


@transaction.atomic
def take_over(taker: Membership, *, owner: User, reason: str, client_key: UUID, by: User, now: datetime) -> list[TreatmentSession]:
    """Take all chairs of somebody who is gone, and say why; whether they were on site by the record is kept beside it."""
    mine = TakeOver.objects.filter(client_key=client_key, taken_by=by).select_related("session")
    if earlier := [row.session for row in mine]:
        return earlier
    offers = open_offers(taker.site, owner)
    sessions = locked_chairs(taker.site, owner)
    stop_on(rules.take_over_findings(is_self=owner.pk == by.pk, may_watch=may_monitor(taker), chairs=len(sessions), reason=reason))
    was_here = on_site_at(taker.site, now).filter(membership__user=owner).exists()
    TakeOver.objects.bulk_create(
        TakeOver(
            site=taker.site, session=row, owner=owner, owner_was_here=was_here, reason=reason.strip()[:300], taken_at=now, taken_by=by, client_key=client_key
        )
        for row in sessions
    )  # fmt: skip
    pass_on(sessions, to=by, action="session.taken_over", by=by, now=now, also={"owner_was_here": was_here})
    for row in offers:
        end(row, Handover.Ended.OVER, by=by, now=now)
    return sessions


def locked_handover(handover: Handover) -> Handover:
    return Handover.objects.select_for_update(of=("self",)).select_related("site").get(pk=handover.pk)


def open_offers(site: Site, giver: User) -> list[Handover]:
    """The giver's offers that nobody has answered, locked; always before the sessions."""
    rows = Handover.objects.select_for_update(of=("self",)).select_related("site")
    return list(rows.filter(site=site, offered_by=giver, accepted_at__isnull=True, ended_at__isnull=True).order_by("pk"))


def is_about_somebody(offer: Handover, *, by: User, now: datetime) -> bool:
    """An offer whose patients have all gone, or changed hands, is over: it stands in nobody's way."""
    if chairs_in(offer, owner_pk=by.pk):
        return True
    end(offer, Handover.Ended.OVER, by=by, now=now)
    return False


def locked_chairs(site: Site, owner: User) -> list[TreatmentSession]:
    """Everybody in the house whose monitor that person is, locked in the order of their keys."""
    rows = TreatmentSession.objects.select_for_update(of=("self",)).select_related("patient", "chair", "policy", "escort", "site")
    return list(rows.filter(site=site, monitor=owner, status__in=PRESENT).order_by("pk"))


def chairs_in(handover: Handover, *, owner_pk: int) -> list[TreatmentSession]:
    """The sessions of an offer that are still here and still that person's: others have changed hands, or gone, meanwhile."""
    pks = handover.chairs.values_list("session_id", flat=True)
    rows = TreatmentSession.objects.select_for_update(of=("self",)).select_related("site")
    return list(rows.filter(pk__in=list(pks), monitor_id=owner_pk, status__in=PRESENT).order_by("pk"))


def pass_on(
    sessions: Iterable[TreatmentSession], *, to: User, action: str, by: User, now: datetime, also: Mapping[str, object] | None = None
) -> None:
    for row in sessions:
        before, row.monitor = row.monitor_id, to
        row.save(update_fields=["monitor"])
        if before is not None:
            keep_hands(row, monitor_pk=before, now=now)
        resolve_notices(row.site, OWNER_GONE.code, row, "Somebody else has the chair.", now)
        changes = {"monitor": [before, to.pk], **(also or {})}
        audit.record(action=action, target=row, by=by, now=now, site=row.site, patient_pk=row.patient_id, changes=changes)


def end(row: Handover, how: str, *, by: User, now: datetime) -> Handover:
    row.ended_at, row.ended_by, row.ended_how = now, by, how
    row.save(update_fields=["ended_at", "ended_by", "ended_how"])
    for kind in (OFFER, COVER):
        resolve_notices(row.site, kind.code, row, row.get_ended_how_display(), now)
    audit.record(action=f"handover.{how}", target=row, by=by, now=now, site=row.site, changes={"from": row.offered_by_id, "to": row.to_id})
    return row


def told_of(card: Card) -> dict[str, object]:
    """The lines of a card as they were read out."""
    return {"phase": card.phase, "next": card.next_words, "worries": card.worries, "way_home": card.way_home}
