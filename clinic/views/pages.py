"""What the pages of this room share: a page with a form, 422 when the form was refused."""

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clinic.http import see_other


def page(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    """The page; a bound form in it means that something was refused: 422, with what was typed."""
    refused = any(isinstance(value, BaseForm) and value.is_bound for value in context.values())
    return render(request, template, context, status=422 if refused else 200)


def done(request: HttpRequest, words: str, name: str, *args: object) -> HttpResponse:
    """Say what happened and lead to a page."""
    messages.success(request, words)
    return see_other(name, *args)
