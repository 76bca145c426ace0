"""Nothing leaks: canaries are seeded and typed everywhere, a day passes through web, worker, beat, broker and mail server, and everything that is written down beside the database is searched for them."""

import base64
import gzip
import json
import re
import shutil
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import pytest
import redis
from django.db import connection
from pyrage import x25519

from clinic import cells
from clinic.models import Site
from reports.models import Export, ExportPart
from sessions.states import Status
from tests.cast import NOW, Cast, make_cast
from tests.factories.clinic import PASSWORD
from tests.factories.patients import ready_patient
from tests.factories.sessions import at_state
from tests.support.browsing import Browser
from tests.support.fixtures import StackMaker
from tests.support.stack import LiveStack

pytestmark = pytest.mark.stack

WHO = {
    "first_name": "Quillabyx", "last_name": "Zyxcanary", "mrn": "CNRY-77123", "email": "quillabyx.z@canary.example", "phone": "+15185557123",
    "name_folded": "zyxcanary quillabyx",
}  # fmt: skip
NOTE = "gribbleflask told of voices"
CANARIES = ["quillaby", "zyxcanary", "cnry-77123", "canary.example", "5185557123", "gribbleflask", "1931-02-03", "02/03/1931"]
DRUG = ("spravato", "esketamine", "ketamine", "rems", "depress", "psych")
# Who opens what; every form there is posted with canaries in each field that takes a person's own words.
PAGES = {
    "desk": ("", "schedule/", "patients/", "patients/{patient}/edit/", "patients/{patient}/contacts/new/", "messages/"),
    "nurse": ("sessions/{session}/?step=watch", "sessions/{session}/record/", "sessions/{session}/addenda/", "filing/"),
    "prescriber": ("patients/{patient}/", "patients/{patient}/medicines/new/"),
    "admin": ("audit/?patient={patient}", "patients/{patient}/readers/", "reports/exports/"),
}


# What a page leads to or fetches; a telephone number to press and an address to write to stay on the device.
ADDRESS = re.compile(r"""(?:href|src|action|hx-[a-z]+|data-[a-z-]*url)="(?!tel:|mailto:|sms:)([^"]*)\"""")


def leaks(text: str, words: list[str] | tuple[str, ...] = tuple(CANARIES)) -> list[str]:
    return [word for word in words if word in text.lower()]


class Day:
    """One installation with a patient of canaries in the middle of a watch, and booked for tomorrow."""

    def __init__(self, stack: LiveStack) -> None:
        self.stack = stack
        stack.move_clock(NOW - datetime.now(UTC))
        self.cast: Cast = make_cast()
        self.patient = ready_patient(self.cast.riverside, self.cast.prescriber, birth_on=datetime(1931, 2, 3).date(), **WHO)
        self.watched = at_state(Status.MONITORING, self.cast, patient=self.patient, first_device_at=NOW - timedelta(minutes=45))
        self.booked = at_state(
            Status.BOOKED, self.cast, patient=self.patient, starts_at=NOW + timedelta(hours=25), ends_at=NOW + timedelta(hours=28),
            slot_set_at=NOW - timedelta(days=9), treatment_on=(NOW + timedelta(hours=25)).date(),
        )  # fmt: skip

    def person(self, word: str) -> Browser:
        return Browser(self.stack, self.cast.person(word).email, PASSWORD)

    def paths(self, who: str) -> list[str]:
        return ["/riverside/" + page.format(patient=self.patient.pk, session=self.watched.pk) for page in PAGES[who]]


def typed(name: str) -> str:
    return "02/03/1931" if name.startswith("birth") else WHO.get(name, NOTE)


def broker_holds(stack: LiveStack) -> str:
    """Every key and value, and what stands in the messages' own encoding."""
    store = redis.Redis.from_url(stack.broker.url)
    found: list[str] = []
    reads: dict[bytes, Any] = {
        b"list": lambda key: store.lrange(key, 0, -1), b"zset": lambda key: store.zrange(key, 0, -1),
        b"hash": store.hgetall, b"set": store.smembers, b"string": store.get, b"none": lambda key: None,  # gone since it was listed
    }  # fmt: skip
    for key in store.scan_iter("*"):
        value = reads[store.type(key)](key)
        found += [repr(key), repr(value), *bodies(value)]
    return "\n".join(found)


def bodies(value: Any) -> Iterator[str]:
    """Kombu wraps a task's arguments in base64."""
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list | set) else [value]:
        try:
            message = json.loads(one)
            yield base64.b64decode((message[0] if isinstance(message, list) else message)["body"]).decode()
        except (ValueError, KeyError, TypeError):
            continue


def refuse_contacts(relation: str) -> None:
    """A fault of the database that tells the row: the next such contact breaks as one that nobody thought of would."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE patients_contact ADD CONSTRAINT canary CHECK (relation <> '{relation}') NOT VALID")
        else:
            cursor.execute(
                f"CREATE TRIGGER canary BEFORE INSERT ON patients_contact WHEN NEW.relation = '{relation}' BEGIN SELECT RAISE(ABORT, 'refused'); END"
            )


def backup_of(stack: LiveStack, *how: str) -> str:
    """Every byte of the files that a backup leaves, unpacked where they are packed and not sealed."""
    folder = stack.folder / f"backups-{len(how)}"
    stack.environment |= {"VIGIL_BACKUP_DIR": str(folder), "VIGIL_BACKUP_RECIPIENTS": str(x25519.Identity.generate().to_public())}
    stack.manage("backup", *how)
    contents = [path.read_bytes() for path in folder.iterdir()]
    assert len(contents) >= 2, "the database, and what it holds in numbers"
    return "\n".join((gzip.decompress(one) if one.startswith(b"\x1f\x8b") else one).decode("latin-1") for one in contents)


def nothing_in_backups(stack: LiveStack) -> None:
    """Sealed for a key that isn't here; in clear every name is found, so the search is no blind one; where the fields are sealed, what medicines were typed."""
    assert leaks(backup_of(stack)) == []
    if connection.vendor == "sqlite":
        found = set(leaks(backup_of(stack, "--plain")))
        assert found == ({"gribbleflask"} if cells.is_on() else set(CANARIES) - {"02/03/1931"})
        shutil.rmtree(stack.folder / "backups-1")


def a_day_is_worked(day: Day) -> None:
    statuses: list[int] = []
    addresses: list[str] = []
    shown = ""
    for who in PAGES:
        person = day.person(who)
        for path in day.paths(who):
            status, page = person.get(path)
            answers = person.fill_in(path, page, typed)
            statuses += [status, *(status for status, _ in answers)]
            shown += "".join([page, *(text for _, text in answers)])
        addresses += person.visited
    assert set(statuses) <= {200, 303, 403, 404, 422}, statuses
    assert len(statuses) > 20
    assert "Zyxcanary" in shown
    addresses += ADDRESS.findall(shown)
    assert len(addresses) > 200
    assert [one for one in addresses if leaks(unquote(one))] == []


def errors_are_met(day: Day) -> None:
    """A fault in the middle of a form, and what isn't there."""
    refuse_contacts("X")
    desk, new = day.person("desk"), f"/riverside/patients/{day.patient.pk}/contacts/new/"
    answers = desk.fill_in(new, desk.get(new)[1], lambda name: "X" if name == "relation" else typed(name))
    faults = [page for status, page in answers if status == 500]
    assert [(leaks(page), "Traceback" in page, bool(re.search(r"500 · [0-9a-f]{16}", page))) for page in faults] == [([], False, True)]
    for path in ("/riverside/nowhere/", "/riverside/patients/999999/", "/hillcrest/"):
        status, missing = desk.get(path)
        assert (status, "Traceback" in missing, "Zyxcanary" in missing) == (404, False, False)


def exports_wait(day: Day) -> None:
    """One of each site, and no worker yet."""
    told = {"kind": "list", "filters": {"of": "visits", "as": "csv", "first": "2026-06-01", "last": "2026-06-30"}, "asked_at": NOW}
    for place, by, words in ((day.cast.riverside, day.cast.admin, NOTE), (day.cast.hillcrest, day.cast.stranger, "Audit")):
        Export.objects.create(site=place, recipient=words, purpose=words, client_key=uuid.uuid4(), asked_by=by, **told)


def taken_by(site: Site) -> str:
    return b"".join(bytes(part.content) for part in ExportPart.objects.filter(site=site).order_by("number")).decode()


def test_nothing_of_a_patient_is_written_down_beside_the_database(make_stack: StackMaker) -> None:
    stack = make_stack()
    day = Day(stack)
    stack.smtp.wait_for(1)
    a_day_is_worked(day)
    errors_are_met(day)
    stack.stop("worker")
    exports_wait(day)
    stack.wait_until(lambda: "reminders.tasks" in broker_holds(stack))
    assert leaks(broker_holds(stack)) == []
    stack.start("worker")
    stack.wait_until(lambda: not Export.objects.filter(state__in=("waiting", "working")).exists(), seconds=90)
    assert set(Export.objects.values_list("site__slug", "state")) == {("riverside", "done"), ("hillcrest", "done")}
    assert leaks(broker_holds(stack)) == []
    assert "cnry-77123" in leaks(taken_by(day.cast.riverside))
    assert leaks(taken_by(day.cast.hillcrest)) == []
    assert {str(mail["Subject"]): found for mail in stack.smtp.messages if (found := leaks(str(mail["Subject"]), (*CANARIES, *DRUG)))} == {}
    nothing_in_backups(stack)
    logs = {path.name: path.read_text(errors="replace") for path in stack.folder.glob("**/*.log")}
    assert {"web.log", "worker.log", "beat.log"} <= set(logs)
    assert "IntegrityError" in logs["web.log"]
    assert {name: [line for line in text.splitlines() if leaks(line)][:5] for name, text in logs.items() if leaks(text)} == {}
    kept = [path for path in stack.folder.rglob("*") if path.is_file()]
    assert [path.name for path in kept if leaks(path.read_bytes().decode("latin-1"))] == []  # packets, anchors, whatever else came to lie there
