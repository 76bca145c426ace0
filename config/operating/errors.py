"""The page of a fault: it names the fault's id, by which the operator finds it in the log, and nothing else of it."""

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.template import TemplateDoesNotExist, loader


def fault(request: HttpRequest) -> HttpResponse:
    """Without context processors: they ask the database, which may be what has failed."""
    try:
        body = loader.get_template("500.html").render({"error_id": getattr(request, "id", "")})
    except TemplateDoesNotExist:
        body = "Vigil met a fault."
    return HttpResponseServerError(body)
