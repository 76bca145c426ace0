"""Answers that every room gives in the same way: 303 after an act, 422 with what was typed after a refusal."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse


def row_urls(name: str, slug: str) -> Callable[[int], str]:
    """The addresses of a list's rows: reversed once, the row's key put in."""
    before, _, after = reverse(name, args=[slug, 0]).rpartition("/0/")
    return lambda pk: f"{before}/{pk}/{after}"


def see_other(name: str, *args: object, **kwargs: object) -> HttpResponse:
    """303 to a named page."""
    return HttpResponse(status=303, headers={"Location": reverse(name, args=args, kwargs=kwargs)})


def unprocessable(request: HttpRequest, fragment: str, context: dict[str, object], *, target: str = "", title: str = "Please check") -> HttpResponse:
    """422: the fragment alone for htmx (put at `target`, a CSS selector), inside the plain page otherwise."""
    if not getattr(request, "htmx", False):
        return render(request, "plain.html", {**context, "fragment": fragment, "plain_title": title}, status=422)
    response = render(request, fragment, context, status=422)
    if target:
        response["HX-Retarget"], response["HX-Reswap"] = target, "outerHTML"
    return response
