"""The operator's page: each part and each setting, how it stands, and what to do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic import access
from clinic.roles import Permission
from config.operating.asking import BAD, GOOD, WARN
from config.operating.selfcheck import groups

LOOKS = {GOOD: ("ok", "circle-check", "Good"), WARN: ("warn", "triangle-alert", "Look"), BAD: ("act", "octagon-alert", "Act")}


@require_safe
def operator(request: HttpRequest, site: str) -> HttpResponse:
    """An administrator's; it shows no secret, and comes while Redis, worker, beat or mail are down."""
    access.site_for(request, site, Permission.VIEW_OPERATION)
    found = groups(request)
    states = [answer.finding.state for _, answers in found for answer in answers]
    return render(request, "operator/operator.html", {
        "groups": [(heading, [(answer, *LOOKS[answer.finding.state]) for answer in answers]) for heading, answers in found],
        "bad": states.count(BAD), "warn": states.count(WARN),
    })  # fmt: skip
