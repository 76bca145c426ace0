"""A site's packets for the day the screens are dark: how old they are, where they lie, and the passphrase that opens them."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from clinic import access
from clinic.findings import Refused
from clinic.forms.base import show_refusal
from clinic.roles import Permission
from clinic.views.pages import done, page
from reports.actions.downtime import folder_of, set_passphrase
from reports.forms.downtime import PassphraseForm
from reports.models import DowntimeKit
from reports.queries.downtime import standings


@require_http_methods(["GET", "HEAD", "POST"])
def downtime(request: HttpRequest, site: str) -> HttpResponse:
    place = access.site_for(request, site, Permission.MANAGE_SITE)
    form = PassphraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            set_passphrase(place, passphrase=form.cleaned_data["passphrase"], by=request.user, now=request.now)
            return done(request, "The passphrase is set. Open the first packet with it before you rely on it.", "downtime", site)
        except Refused as refused:
            show_refusal(form, refused)
    kit = DowntimeKit.objects.filter(site=place).select_related("set_by").first()
    return page(
        request, "reports/downtime.html", {"form": form, "kit": kit, "standings": standings(request.now, [place]), "folder": str(folder_of(place))}
    )
