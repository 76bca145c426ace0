"""A positive suicide-risk screen until a prescriber has acted, and what a prescriber wrote after seeing the patient (PRE-4, OUT-1)."""

from django.db.models import Exists, OuterRef

from clinic.models import Notice
from sessions.picture import Picture

SUICIDE_NOTICE = "suicide_screen"
# The key of the finding, and of the override that says that a prescriber has seen the patient about it.
SEEN = "PRE-4.suicide"
WORDS = "Suicide-risk screen positive: prescriber"


def screen_is_open() -> Exists:
    """For a query of sessions: the screen is positive and no prescriber has acted yet; without a query of its own."""
    return Exists(Notice.objects.filter(kind=SUICIDE_NOTICE, target_kind="treatmentsession", target_pk=OuterRef("pk"), resolved_at__isnull=True))


def prescriber_has_seen(picture: Picture) -> bool:
    """Whether a prescriber has written, in this session, that they saw the patient."""
    return any(override.finding == SEEN for override in picture.overrides)
