"""How long the reports of one site and of a network take, beside the bare SQL; a binder in a worker's memory; board and flowsheet. For the bench."""

import json
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic import clock
from clinic.models import Site, User
from clinic.queries import today_at
from desk.demo.network import SLUG, head, slug_of
from desk.management.commands.seed_network import gigabytes
from reports.actions.summaries import bring_up_to_date
from reports.binder import make_binder
from reports.models import MonthSummary, SiteSummary
from reports.queries import facts_of
from reports.queries.binder import of_range
from reports.queries.summaries import judged_between
from reports.rules.judged import tallies
from sessions.models import TreatmentSession

QUARTER, YEAR = timedelta(days=90), timedelta(days=364)
TIMES = 7


class Command(BaseCommand):
    help = "Prints milliseconds as JSON for `make bench SCALE=network`."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--sum-up", type=float, default=0, help="First sum up sites for so many seconds; the one that is measured comes first.")
        parser.add_argument("--binder", type=int, default=0, help="Only make a binder of so many sessions.")

    def handle(self, *args: Any, **options: Any) -> None:
        sites = list(Site.objects.filter(slug__startswith=f"{SLUG}-").order_by("pk"))
        if options["binder"]:
            self.stdout.write(json.dumps(binder(sites[len(sites) // 2], options["binder"])))
            return
        found: dict[str, object] = {"pages": pages()}
        if sites:
            site = sites[len(sites) // 2]
            found["sum_up"] = summed_up([site, *sites], options["sum_up"])
            found |= {"quarter": of_site(site, QUARTER), "year": of_site(site, YEAR), "network": of_network(sites)}
            found["gigabytes"] = round(gigabytes(), 2)
        self.stdout.write(json.dumps(found))


def milliseconds(work: Callable[[], object], times: int = TIMES) -> float:
    """The median of a few, in wall time, once warmed up."""
    work()
    found = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        found.append(1000 * (time.perf_counter() - began))
    return round(median(found), 1)


def signed_in(person: User) -> Client:
    client = Client(headers={"Host": urlsplit(settings.VIGIL_ORIGIN).netloc})
    client.force_login(person)
    return client


def got(client: Client, path: str) -> None:
    answer = client.get(path, secure=True)
    if answer.status_code != 200:
        raise SystemExit(f"{path} answered {answer.status_code}")


def pages() -> dict[str, float]:
    """Board and flowsheet of the demonstration's own site."""
    client = signed_in(User.objects.get(email="nurse@demo.example"))
    live = TreatmentSession.objects.filter(site__slug="riverside", status="monitoring").order_by("pk").values_list("pk", flat=True)[0]
    return {
        "board": milliseconds(lambda: got(client, "/riverside/"), 25), "flowsheet": milliseconds(lambda: got(client, f"/riverside/sessions/{live}/"), 25),
    }  # fmt: skip


def summed_up(sites: list[Site], seconds: float) -> dict[str, float]:
    """How many sites are summed up after so many seconds, and how long one takes."""
    began, took = time.monotonic(), []
    for site in sites:
        if seconds and time.monotonic() - began < seconds:
            start = time.monotonic()
            if bring_up_to_date(site, now=clock.now()):
                took.append(time.monotonic() - start)
    return {"sites": SiteSummary.objects.filter(is_whole=True, site__in=sites).count(), "seconds_each": round(median(took), 1) if took else 0}


def days_of(site: Site, length: timedelta) -> tuple[date, date]:
    last = today_at(site, clock.now()) - timedelta(days=9)
    return last - length, last


def of_site(site: Site, length: timedelta) -> dict[str, float]:
    """All measures from the summaries, and their page; the truth's statements and the summaries' own, fetched bare."""
    (first, last), today = days_of(site, length), today_at(site, clock.now())
    client, path = signed_in(head()), f"/{site.slug}/reports/measures/?first={first}&last={last}"

    def numbers() -> None:
        for one in tallies(judged_between(site, first, last, today), today):
            _ = one.kept, one.counted, one.median

    found = {"visits": len(facts_of(site, first, last)), "numbers_ms": milliseconds(numbers), "page_ms": milliseconds(lambda: got(client, path))}
    truth, summary = (bare(read) for read in (lambda: facts_of(site, first, last), lambda: judged_between(site, first, last, today)))
    return found | {"bare_truth_ms": truth, "bare_summary_ms": summary}


def bare(read: Callable[[], object]) -> float:
    """The same statements, their rows fetched and thrown away."""
    with CaptureQueriesContext(connection) as captured:
        read()
    statements = [query["sql"] for query in captured.captured_queries]

    def asked() -> None:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
                cursor.fetchall()

    return milliseconds(asked)


def of_network(sites: list[Site]) -> dict[str, float]:
    """The network's year, as its head opens it. Sites that aren't summed up yet take part with another's months, for the time alone; rolled back."""
    client = signed_in(head())
    with transaction.atomic():
        whole = set(SiteSummary.objects.filter(is_whole=True).values_list("site_id", flat=True))
        pattern = SiteSummary.objects.filter(is_whole=True, site__in=sites).order_by("pk")[0]
        months = list(MonthSummary.objects.filter(site_id=pattern.site_id))
        for site in sites:
            if site.pk not in whole:
                told = {"seq": 0, "as_of": pattern.as_of, "version": pattern.version, "is_whole": True}
                SiteSummary.objects.update_or_create(site=site, defaults=told)
                MonthSummary.objects.bulk_create(
                    MonthSummary(site=site, month=row.month, visits=row.visits, dosed=row.dosed, numbers=row.numbers) for row in months
                )
        found = {"sites": len(sites), "borrowed": len(sites) - len(whole & {site.pk for site in sites})}
        found["page_ms"] = milliseconds(lambda: got(client, f"/{slug_of(1)}/reports/network/"))  # type: ignore[assignment]
        transaction.set_rollback(True)
    return found  # type: ignore[return-value]


def binder(site: Site, sessions: int) -> dict[str, float]:
    """In a process of its own, as in a worker."""
    last = today_at(site, clock.now()) - timedelta(days=30)
    days = list(
        TreatmentSession.objects.filter(site=site, treatment_on__lte=last).order_by("-treatment_on").values_list("treatment_on", flat=True)[:sessions]
    )
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "binder.zip").open("w+b") as into:
        made = make_binder(lambda: of_range(site, days[-1], last), into)
        size = into.tell()
    spent, memory = time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"sessions": made.sessions, "pages": made.pages, "megabytes": round(size / 1e6, 1), "seconds": round(spent, 1), "memory_mb": round(memory)}
