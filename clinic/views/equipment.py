"""Oximeters, cuffs and kits with their checks (SET-4)."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from clinic import access
from clinic.actions.equipment import add_equipment, change_equipment, record_equipment_check
from clinic.actions.merging import opened_as
from clinic.forms.base import attempt, posting_to
from clinic.forms.furniture import ChangeEquipmentForm, EquipmentCheckForm, EquipmentForm
from clinic.models import Equipment, EquipmentCheck
from clinic.queries import equipment_problems, today_at
from clinic.queries.standing import state_of, with_last_check
from clinic.roles import Permission
from clinic.rules.standing import device_standing
from clinic.views.pages import done, page


@require_http_methods(["GET", "HEAD", "POST"])
def equipment(request: HttpRequest, site: str) -> HttpResponse:
    place = access.site_for(request, site, Permission.MANAGE_SITE)
    form = EquipmentForm(request.POST or None)
    if request.method == "POST" and attempt(form, add_equipment, site=place, by=request.user, now=request.now):  # type: ignore[attr-defined]
        return done(request, "Added. It counts once it has been checked.", "equipment", site)
    today = today_at(place, request.now)  # type: ignore[attr-defined]
    devices = with_last_check(place, today).order_by("-is_active", "kind", "label", "pk")[:200]
    lines = [(device, device_standing(state_of(device, place), today)) for device in devices]
    return page(request, "clinic/equipment.html", {"form": form, "lines": lines, "problems": equipment_problems(place, today)})


@require_http_methods(["GET", "HEAD", "POST"])
def equipment_item(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """One device: change it, see its checks."""
    access.site_for(request, site, Permission.MANAGE_SITE)
    device = device_for(request, pk)
    form = change_form(device, request.POST or None)
    if request.method == "POST" and attempt(form, change_equipment, device=device, by=request.user, now=request.now):  # type: ignore[attr-defined]
        return done(request, "Saved.", "equipment_item", site, pk)
    return item_page(request, device, form, check_form(request))


@require_POST
def equipment_check(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    access.site_for(request, site, Permission.MANAGE_SITE)
    device = device_for(request, pk)
    form = EquipmentCheckForm(request.POST)
    if attempt(form, record_equipment_check, device=device, by=request.user, now=request.now):  # type: ignore[attr-defined]
        return done(request, "The check is on record.", "equipment_item", site, pk)
    return item_page(request, device, change_form(device), form)


def device_for(request: HttpRequest, pk: int) -> Equipment:
    return access.row_for(request, Equipment.objects.select_related("site"), pk, Permission.MANAGE_SITE, "equipment")


def change_form(device: Equipment, data: object = None) -> ChangeEquipmentForm:
    initial = {"label": device.label, "check_every_days": device.check_every_days, "is_active": device.is_active}
    return ChangeEquipmentForm(data, initial={**initial, "opened": opened_as(device, initial)})


def check_form(request: HttpRequest) -> EquipmentCheckForm:
    return EquipmentCheckForm(initial={"checked_at": request.now.replace(second=0, microsecond=0)})  # type: ignore[attr-defined]


def item_page(request: HttpRequest, device: Equipment, form: ChangeEquipmentForm, check: EquipmentCheckForm) -> HttpResponse:
    checks = EquipmentCheck.objects.filter(equipment=device).select_related("recorded_by").order_by("-checked_at", "-pk")[:50]
    context = {
        "device": device,
        "form": posting_to(form, reverse("equipment_item", args=[device.site.slug, device.pk])),
        "check_form": posting_to(check, reverse("equipment_check", args=[device.site.slug, device.pk])),
        "checks": checks,
    }
    return page(request, "clinic/equipment_item.html", context)
