"""Which enrolled screen a token belongs to."""

from clinic.models import Screen
from clinic.tokens import token_digest


def screen_of(token: str) -> Screen | None:
    """The screen that holds this token, with its site and chair; None for one that is guessed, revoked or of an archived site."""
    rows = Screen.objects.select_related("site", "chair").filter(token_sha256=token_digest(token), revoked_at__isnull=True)
    # A tablet of the staff is known by its cookie alone (clinic.queries.pins): its key opens no page by itself.
    return rows.filter(site__is_archived=False).exclude(kind=Screen.Kind.TABLET).first()
