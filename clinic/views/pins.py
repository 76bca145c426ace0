"""A person's own PIN: set after the password, taken away by a press."""

from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from clinic import access
from clinic.actions.pins import remove_pin, set_pin
from clinic.forms.pins import PinForm
from clinic.locking.proof import Proof, password_proof
from clinic.models import Membership, Pin
from clinic.roles import Permission
from clinic.views.pages import done, page

SAYS = {Proof.WRONG: "That is not your password.", Proof.TOO_OFTEN: "Too many wrong passwords. Wait five minutes."}


@require_http_methods(["GET", "HEAD", "POST"])
def my_pin(request: HttpRequest, site: str) -> HttpResponse:
    """Hashed here, outside of the transaction: a PIN is hashed as slowly as a password."""
    access.site_for(request, site, Permission.VIEW_FLOOR)
    member: Membership = request.membership  # type: ignore[attr-defined]
    form = PinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        proof = password_proof(request.user, form.cleaned_data["password"])  # type: ignore[arg-type]
        if proof is Proof.RIGHT:
            set_pin(member, hashed=make_password(form.cleaned_data["pin"]), by=request.user, now=request.now)  # type: ignore[attr-defined,arg-type]
            return done(request, "Your PIN is set. It opens the enrolled tablets of this site.", "my_pin", site)
        form.add_error("password", SAYS[proof])
    return page(request, "clinic/my_pin.html", {"form": form, "pin": Pin.objects.filter(membership=member).first()})


@require_POST
def remove_my_pin(request: HttpRequest, site: str) -> HttpResponse:
    access.site_for(request, site, Permission.VIEW_FLOOR)
    remove_pin(request.membership, by=request.user, now=request.now)  # type: ignore[attr-defined,arg-type]
    return done(request, "Your PIN is gone: your name is on no tablet any more.", "my_pin", site)
