"""What the frame of every page needs: the site, the person's place in it, the navigation, the server's time."""

from functools import lru_cache, partial
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from clinic import registry
from clinic.roles import Permission, may

NAVIGATION: tuple[tuple[str, str, str, Permission], ...] = (
    ("board", "Board", "layout-grid", Permission.VIEW_FLOOR),
    ("schedule", "Schedule", "calendar-days", Permission.VIEW_FLOOR),
    ("ahead", "Look-ahead", "eye", Permission.VIEW_FLOOR),
    ("patient_list", "Patients", "users", Permission.VIEW_RECORD),
    ("intake_list", "Intake", "inbox", Permission.VIEW_RECORD),
    ("filing", "Filing desk", "file-check", Permission.FILE_FORM),
    ("messages", "Messages", "send", Permission.VIEW_MESSAGES),
    ("reports", "Reports", "chart-column", Permission.VIEW_REPORTS),
    ("staff", "Staff", "id-card", Permission.VIEW_STAFF),
    ("site_settings", "Settings", "settings", Permission.MANAGE_SITE),
    ("audit", "Audit trail", "scroll-text", Permission.VIEW_AUDIT),
)

# The one page that leads an auditor with a grant.
AUDITED = "audited"


def shell(request: HttpRequest) -> dict[str, object]:
    """Context of `base.html`. No query of its own: the site's door has left what is needed on the request."""
    membership = getattr(request, "membership", None)
    now = getattr(request, "now", None)
    return {
        "site": getattr(request, "site", None),
        "membership": membership,
        "nav": navigation(request, membership),
        "server_now": now.isoformat() if now else "",
        "lock_after": getattr(request, "lock_after", ""),
        "demonstration": settings.VIGIL_DEMONSTRATION,
        "may_press": membership is not None and may(membership.role, Permission.CALL_EMERGENCY),
        "press_key": uuid4,
        "calls": partial(calls, request, membership),
    }


def calls(request: HttpRequest, membership: object) -> list[object]:
    """What is loud on every page of a site (MON-5, MON-6); nothing is asked while its door saw no call."""
    if not registry.is_loud(membership) or not may(membership.role, Permission.VIEW_FLOOR):  # type: ignore[attr-defined]
        return []
    return registry.calls(request)


def navigation(request: HttpRequest, membership: object) -> list[dict[str, object]]:
    if membership is None:
        return []
    slug = membership.site.slug  # type: ignore[attr-defined]
    if getattr(request, "grant", None) is not None:
        return [{"label": "Sessions to audit", "url": address(AUDITED, slug), "icon": "clipboard-check", "active": True}]
    items = []
    for name, label, icon, permission in NAVIGATION:
        if may(membership.role, permission):  # type: ignore[attr-defined]
            url = address(name, slug)
            items.append({"label": label, "url": url, "icon": icon, "active": bool(url) and is_within(request.path, url, name)})
    return [item for item in items if item["url"]]


@lru_cache(maxsize=1024)
def address(name: str, slug: str) -> str:
    try:
        return reverse(name, args=[slug])
    except NoReverseMatch:
        return ""


def is_within(path: str, url: str, name: str) -> bool:
    return path == url if name == "board" else path.startswith(url)
