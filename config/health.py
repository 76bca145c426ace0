"""What an operator's monitor asks: is the process alive, do its parts do their work, and its numbers."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.operating import measures
from config.operating.asking import asker
from config.operating.parts import PARTS
from config.operating.peers import may_monitor

SECONDS = 2.0


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Nothing else is asked: a restart would mend nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """503 while a part is down. `?only=database` is for a proxy that chooses among webs: staff work on without Redis and worker."""
    wanted = [name for name in request.GET.get("only", "").split(",") if name]
    parts = [part for part in PARTS if part.name in wanted or not wanted]
    if not parts:
        return HttpResponse("no such part\n", status=404, content_type="text/plain")
    answers = asker.ask(parts, seconds=SECONDS)
    is_ready = not any(answer.finding.is_bad for answer in answers)
    lines = ["ready" if is_ready else "not ready"]
    if may_monitor(request):
        lines += [f"{one.part.name}: {one.finding.state}: {one.finding.words} ({one.seconds * 1000:.0f} ms)" for one in answers]
    return HttpResponse("\n".join([*lines, ""]), status=200 if is_ready else 503, content_type="text/plain; charset=utf-8")


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' numbers; for whoever may not see them there is no such page."""
    if not settings.VIGIL_METRICS or not may_monitor(request):
        raise Http404("Not found.")
    return HttpResponse(measures.page(), content_type=measures.CONTENT_TYPE)
