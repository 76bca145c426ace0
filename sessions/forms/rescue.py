"""What a rescue page posts: "visit@version@chair@moment" for each slot that was accepted."""

from collections.abc import Iterable
from datetime import UTC, datetime

from clinic.models import Chair, Site
from sessions.actions.rescue import Accepted
from sessions.forms.booking import FIRST_DAY, LAST_DAY
from sessions.queries.rescue_offers import Rescue
from sessions.rules.planning import Offer

MOST = 200
LARGEST = 2_000_000_000


def value_of(rescue: Rescue, offer: Offer) -> str:
    return f"{rescue.session.pk}@{rescue.session.schedule_version}@{offer.slot.chair_pk}@{offer.slot.starts_at.isoformat()}"


def accepted_from(values: Iterable[str], site: Site) -> list[Accepted]:
    """What can be read, each visit once; the rest is left out."""
    chairs = {chair.pk: chair for chair in Chair.objects.filter(site=site, is_active=True)}
    found: dict[int, Accepted] = {}
    for text in list(values)[:MOST]:
        one = accepted(text, chairs)
        if one is not None:
            found.setdefault(one.session_pk, one)
    return list(found.values())


def accepted(text: str, chairs: dict[int, Chair]) -> Accepted | None:
    try:
        pk, version, chair, moment = text.split("@")
        starts_at = datetime.fromisoformat(moment)
        numbers = [int(pk), int(version), int(chair)]
    except (ValueError, OverflowError):
        return None
    if max(numbers) > LARGEST or numbers[2] not in chairs or starts_at.tzinfo is None or not FIRST_DAY < starts_at.date() < LAST_DAY:
        return None
    return Accepted(session_pk=numbers[0], version=numbers[1], chair=chairs[numbers[2]], starts_at=starts_at.astimezone(UTC))
