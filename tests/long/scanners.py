"""`make attack`: sqlmap and wapiti (Debian's packages) against the demonstration's web, as its people and as nobody. `MINUTES` for each wapiti run (3)."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clinic import clock
from desk.demo.screens import token_of
from patients.models import Patient
from reminders.links import token_for
from sessions.models import TreatmentSession
from sessions.states import Status
from tests.long.intruders import person, web
from tests.support.database import is_postgres
from tests.support.stack import LiveStack
from tests.support.visitor import Visitor

__all__ = ["web"]
pytestmark = pytest.mark.timeout(6 * 3600)
MINUTES = float(os.environ.get("MINUTES", "3"))
LEVEL = os.environ.get("LEVEL", "2")
PEOPLE = ("desk", "support", "nurse", "prescriber", "admin", "auditor")
MODULES = "sql,blindsql,xss,permanentxss,file,exec,crlf,redirect,csrf,http_headers,cookieflags,csp,methods,htaccess,xxe,shellshock"
# What isn't there over plain HTTP on loopback: production has both (tests/test_settings.py). And a header that no browser reads any more.
EXPECTED = ("Strict-Transport-Security", "Secure flag is not set", "X-XSS-Protection")
# What would sign the scanner out, or lock it.
LEFT_OUT = ("/accounts/logout/", "/accounts/sign-ins/end/", "/locked/lock/", "/accounts/password/change/")
# Debian's wapiti 3.0.4 excludes by a pattern that its own Python refuses, and doesn't know the name of Django's token.
WAPITI = """
import re, sys
from wapitiCore.net import crawler
crawler.wildcard_translate = lambda told: re.compile(re.escape(told) + "$")
from wapitiCore.attack import mod_csrf
mod_csrf.mod_csrf.TOKEN_FORM_STRINGS.append("csrfmiddlewaretoken")
from wapitiCore.main.wapiti import wapiti_main
sys.argv[0] = "wapiti"
wapiti_main()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    shutil.rmtree(tmp_path, ignore_errors=True)


def cookie_of(visitor: Visitor) -> str:
    return "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())


def addresses() -> list[tuple[str, str, str, str]]:
    """Who, where, what is posted, which parameters."""
    patient = Patient.objects.filter(site__slug="riverside").order_by("pk")[0].pk
    visit = TreatmentSession.objects.filter(site__slug="riverside", status=Status.BOOKED, starts_at__gt=clock.now()).order_by("starts_at", "pk")[0]
    at, days = "/riverside", "first=2026-01-01&last=2026-12-31"
    return [
        ("admin", f"{at}/audit/?since=2026-01-01&until=2026-12-31&person=1&kind=signatures&action=x&patient=1&before=2026-06-01T00:00:00%2B00:00_5", "", ""),
        ("admin", f"{at}/reports/measures/?{days}&prescriber=1&monitor=1&indication=trd&phase=induction", "", ""),
        ("admin", f"{at}/reports/compliance.json?from=2026-01-01&to=2026-12-31&prescriber=1", "", ""),
        ("admin", f"{at}/reports/exports/?page=1&of=numbers&recipient=a&purpose=b", "", ""),
        ("nurse", f"{at}/schedule/?day=2026-06-01&view=week&chair=1&hours=all", "", ""),
        ("nurse", f"{at}/filing/?state=open&page=1", "", ""),
        ("desk", f"{at}/messages/?status=failed&page=1", "", ""),
        ("desk", f"{at}/schedule/book/?patient={patient}&day=2026-06-01&starts_at=10:00&chair=1", "", ""),
        ("desk", f"{at}/patients/", "q=heron&status=all&page=1", "q,status,page"),
        ("prescriber", f"{at}/patients/{patient}/plan/?visit=2026-06-01&times=1&do=propose", "", ""),
        ("auditor", f"{at}/audited/?page=1", "", ""),
        ("", "/accounts/login/", "login=desk@demo.example&password=x", "login,password"),
        ("", f"/v/{token_for(visit, useless_at=visit.ends_at)}*/", "", ""),
        ("", f"/r/{token_of('riverside', 'Corridor')}/?lang=en&v=1.2.3", "", ""),
        ("", "/locked/?next=/riverside/&act=round&on=s1&did=round", "", ""),
        ("", "/hooks/text/http/", '{"id": "1", "to": "+15185550100", "from": "+15185550199", "body": "x"}', ""),
    ]  # fmt: skip


def test_sqlmap_finds_nothing_to_inject(web: LiveStack, folder: Path) -> None:
    strays = []
    for number, (word, path, data, parameters) in enumerate(addresses()):
        visitor = person(web, word) if word else Visitor(web.url)
        visitor.get("/accounts/login/" if not word else "/accounts/sign-ins/")
        command = [
            "sqlmap", "-u", web.url + path, "--batch", "--level", LEVEL, "--risk", "2", "--dbms", "PostgreSQL" if is_postgres() else "SQLite", "--technique", "BEUST",
            "--time-sec", "3", "--timeout", "20", "--retries", "1", "--disable-coloring", "--flush-session", "--output-dir", str(folder / str(number)),
            "--ignore-code", "401,403,404,422,429", "--drop-set-cookie", "--answers", "follow=N,redirect=N,keep=Y", *(["--cookie", cookie_of(visitor)] if visitor.cookies else []),
            *(["-p", parameters, "--csrf-token", "csrfmiddlewaretoken", "--csrf-url", web.url + ("/accounts/login/" if not word else path)] if parameters else []),
            *(["--data", data + ("&csrfmiddlewaretoken=x" if parameters else "")] if data else []),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, timeout=1800, stdin=subprocess.DEVNULL, cwd=folder)
        said = done.stdout + done.stderr
        (folder / f"{number}.log").write_text(said)
        is_clean = "do not appear to be injectable" in said and "is vulnerable" not in said and "identified the following injection point" not in said
        print(f"\nsqlmap as {word or 'nobody'}: {path.partition('?')[0]}: {'nothing' if is_clean else 'LOOK'}")
        if not is_clean:
            strays.append(f"{path}\n{said[-3000:]}")
    assert not strays, "\n\n".join(strays)
    assert "Internal Server Error" not in web.log("web"), web.log("web")[-6000:]


# Nobody comes last: whoever guesses at the sign-in's page shuts it to the whole address for a minute.
@pytest.mark.parametrize("word", [*PEOPLE, ""])
def test_wapiti_finds_nothing(word: str, web: LiveStack, folder: Path) -> None:
    visitor = person(web, word) if word else Visitor(web.url)
    start = web.url + {"": "/accounts/login/", "auditor": "/riverside/reports/"}.get(word, "/riverside/")
    cookies = {
        "127.0.0.1": {
            "/": {name: {"value": value, "version": 0, "expires": None, "secure": False, "port": None} for name, value in visitor.cookies.items()}
        }
    }
    (folder / "cookies.json").write_text(json.dumps(cookies))
    command = [
        "/usr/bin/python3", "-c", WAPITI, "-u", start, "--scope", "folder", "-m", MODULES, "-c", str(folder / "cookies.json"), "-d", "4", "--max-links-per-page", "60",
        "--max-files-per-dir", "12", "--max-parameters", "12", "--max-scan-time", str(MINUTES * 20), "--max-attack-time", str(MINUTES * 10), "-t", "20", "-l", "1",
        *(word for path in LEFT_OUT for word in ("-x", web.url + path)), "--skip", "csrfmiddlewaretoken", "--flush-session", "--no-bugreport", "-v", "0",
        "--store-session", str(folder), "--store-config", str(folder), "-f", "json", "-o", str(folder / "report.json"),
    ]  # fmt: skip
    before = len(web.log("web"))
    done = subprocess.run(command, capture_output=True, text=True, timeout=MINUTES * 60 * 8 + 600, stdin=subprocess.DEVNULL, cwd=folder)
    reached = set(re.findall(r"(?:GET|POST) (/\S*)", web.log("web")[before:]))
    # A scanner that was turned away at the door finds nothing either.
    assert len(reached) >= (20 if word else 1), reached
    assert (folder / "report.json").exists(), done.stdout[-3000:] + done.stderr[-3000:]
    report: dict[str, Any] = json.loads((folder / "report.json").read_text())
    found = [
        f"{kind}: {one['method']} {one['path']} {one.get('parameter')}: {one['info']}"
        for part in ("vulnerabilities", "anomalies")
        for kind, all_of in report[part].items()
        for one in all_of
    ]
    told = [line for line in found if not any(words in line for words in EXPECTED)]
    print(f"\nwapiti as {word or 'nobody'}: {len(reached)} addresses, {len(told)} finds")
    assert told == [], "\n".join(told)
    assert "Internal Server Error" not in web.log("web"), web.log("web")[-6000:]
