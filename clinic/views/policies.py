"""The site's policy: in force, planned, past; what each version changed; plan the next."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic import access
from clinic.actions.policy import decided, plan_policy
from clinic.actions.policy import withdraw_policy as withdraw
from clinic.findings import Refused
from clinic.forms.base import show_refusal
from clinic.forms.policy import GROUPS, PolicyForm, label_of
from clinic.models import SitePolicy
from clinic.queries import policies_of, policy_on, today_at
from clinic.queries.audit import spelled
from clinic.roles import Credential, Permission
from clinic.rules.policy import differences
from clinic.views.pages import done, page


@require_safe
def policies(request: HttpRequest, site: str) -> HttpResponse:
    """The version in force, spelled out, and every version with what differs from the one before."""
    access.site_for(request, site, Permission.MANAGE_SITE)
    return policies_page(request)


@require_http_methods(["GET", "HEAD", "POST"])
def new_policy(request: HttpRequest, site: str) -> HttpResponse:
    """Plan a version, starting from what will be in force tomorrow."""
    place = access.site_for(request, site, Permission.MANAGE_SITE)
    tomorrow = today_at(place, request.now) + timedelta(days=1)  # type: ignore[attr-defined]
    base = policy_on(place, tomorrow)
    form = PolicyForm(request.POST or None, initial={**decided(base), "effective_on": tomorrow})
    if request.method == "POST" and form.is_valid():
        day, reason = form.cleaned_data["effective_on"], form.cleaned_data["reason"]
        try:
            plan_policy(place, effective_on=day, values=form.values(), reason=reason, by=request.user, now=request.now)  # type: ignore[attr-defined,arg-type]
            return done(request, f"Planned. It is in force from {day:%B} {day.day}, {day.year}.", "policies", site)
        except Refused as refused:
            show_refusal(form, refused)
    return page(request, "clinic/new_policy.html", {"form": form, "base": base})


@require_POST
def withdraw_policy(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    access.site_for(request, site, Permission.MANAGE_SITE)
    policy = access.row_for(request, SitePolicy.objects.select_related("site"), pk, Permission.MANAGE_SITE, "sitepolicy")
    try:
        withdraw(policy, by=request.user, now=request.now)  # type: ignore[attr-defined,arg-type]
    except Refused as refused:
        response = policies_page(request, refused.findings)
        response.status_code = 422
        return response
    return done(request, "The planned version is taken back.", "policies", site)


def policies_page(request: HttpRequest, findings: object = ()) -> HttpResponse:
    place = request.site  # type: ignore[attr-defined]
    today = today_at(place, request.now)  # type: ignore[attr-defined]
    versions = list(policies_of(place)[:60])
    current = next((version for version in versions if version.effective_on <= today), versions[-1])
    return page(request, "clinic/policies.html", {
        "current": current,
        "groups": [(title, [{"label": label_of(name), "value": words(current, name)} for name in names]) for title, names in GROUPS],
        "versions": [
            {"policy": version, "is_planned": version.effective_on > today, "is_current": version is current, "changes": changes(before, version)}
            for version, before in zip(versions, [*versions[1:], None], strict=True)
        ],
        "findings": findings,
    })  # fmt: skip


def words(policy: SitePolicy, name: str) -> str:
    """A decided value as a person reads it."""
    field = SitePolicy._meta.get_field(name)
    if getattr(field, "choices", None):
        return str(getattr(policy, f"get_{name}_display")())
    value = getattr(policy, name)
    if name == "signing_credentials":
        return ", ".join(str(Credential(one).label) for one in value)
    return ", ".join(str(one) for one in value) if isinstance(value, list) else spelled(value)


def changes(before: SitePolicy | None, after: SitePolicy) -> list[dict[str, str]]:
    """What a version changed, in words; nothing for the first."""
    if before is None:
        return []
    return [
        {"label": label_of(name), "before": words(before, name), "after": words(after, name)} for name in differences(decided(before), decided(after))
    ]
