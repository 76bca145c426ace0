"""Nothing leaks: canaries are seeded and typed everywhere, a day passes through web, worker, beat, broker and mail server, and everything that is written down beside the database is searched for them."""

import base64
import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import redis
from django.db import connection

from clinic.models import Signature
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
PAGES = (
    "", "schedule/", "patients/", "patients/{patient}/", "patients/{patient}/edit/", "patients/{patient}/contacts/new/", "patients/{patient}/medicines/new/",
    "sessions/{session}/", "sessions/{session}/?step=watch", "sessions/{session}/record/", "sessions/{booked}/", "filing/", "messages/", "reports/",
    "reports/exports/", "audit/?patient={patient}", "patients/{patient}/readers/", "staff/",
)  # fmt: skip


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

    def paths(self) -> list[str]:
        told = {"patient": self.patient.pk, "session": self.watched.pk, "booked": self.booked.pk}
        return ["/riverside/" + page.format(**told) for page in PAGES]


def typed(name: str) -> str:
    return WHO.get(name, NOTE)


def broker_holds(stack: LiveStack) -> str:
    """Every key and value, and what stands in the messages' own encoding."""
    store = redis.Redis.from_url(stack.broker.url)
    found: list[str] = []
    for key in store.scan_iter("*"):
        reads: dict[bytes, Any] = {b"list": lambda k: store.lrange(k, 0, -1), b"hash": store.hgetall, b"set": store.smembers, b"string": store.get}
        kind = store.type(key)
        value = store.zrange(key, 0, -1) if kind == b"zset" else reads[kind](key)
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


def refuse_patients(name: str) -> None:
    """A fault of the database that tells the row: the next change of a patient breaks as one that nobody thought of would."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE patients_patient ADD CONSTRAINT canary CHECK (middle_initial <> '{name}') NOT VALID")
        else:
            cursor.execute(
                f"CREATE TRIGGER canary BEFORE UPDATE ON patients_patient WHEN NEW.middle_initial = '{name}' BEGIN SELECT RAISE(ABORT, 'refused'); END"
            )


def test_nothing_of_a_patient_is_written_down_beside_the_database(make_stack: StackMaker) -> None:
    stack = make_stack()
    day = Day(stack)
    mails = stack.smtp.wait_for(1)
    people = [day.person(word) for word in ("desk", "nurse", "prescriber", "admin")]
    seen = [person.get(path) for person in people for path in day.paths()]
    assert {status for status, _ in seen} <= {200, 403}
    assert any("Zyxcanary" in page for _, page in seen)
    answers = [answer for person in people for path in day.paths() for answer in person.fill_in(path, typed)]
    assert len(answers) > 40
    assert 500 not in {status for status, _ in answers}

    # A fault in the middle of a form, and what isn't there.
    refuse_patients("X")
    edit = f"/riverside/patients/{day.patient.pk}/edit/"
    faults = [page for status, page in people[0].fill_in(edit, lambda name: "X" if name == "middle_initial" else typed(name)) if status == 500]
    assert [(leaks(page), "Traceback" in page) for page in faults] == [([], False)]
    for path in ("/riverside/nowhere/", "/riverside/patients/999999/", "/hillcrest/"):
        status, missing = people[1].get(path)
        assert (status, "Traceback" in missing, "Zyxcanary" in missing) == (404, False, False)

    # The broker, while messages wait for a worker that is away.
    stack.stop("worker")
    Export.objects.create(
        site=day.cast.riverside, kind="list", filters={"of": "visits", "as": "csv", "first": "2020-01-01", "last": "2026-06-30"}, recipient=NOTE,
        purpose=NOTE, client_key=uuid.uuid4(), asked_at=NOW - timedelta(minutes=9), asked_by=day.cast.admin,
    )  # fmt: skip
    binder = Export.objects.create(
        site=day.cast.hillcrest, kind="binder", filters={"first": "2026-01-01", "last": "2026-06-30"}, recipient="REMS", purpose="Audit",
        client_key=uuid.uuid4(), asked_at=NOW - timedelta(minutes=9), asked_by=day.cast.stranger,
    )  # fmt: skip
    held = broker_holds(stack)
    assert "reminders.tasks" in held
    assert leaks(held) == []
    stack.start("worker")
    stack.wait_until(lambda: Export.objects.filter(state="done").count() == 2, seconds=90)
    assert leaks(broker_holds(stack)) == []

    # What another site takes away, what was mailed, and every log.
    theirs = b"".join(bytes(part.content) for part in ExportPart.objects.filter(export=binder))
    assert leaks(theirs.decode(errors="replace")) == []
    assert [leaks(str(mail["Subject"]), (*CANARIES, *DRUG)) for mail in [*mails, *stack.smtp.messages]] == [
        [] for _ in [*mails, *stack.smtp.messages]
    ]
    logs = {path.name: path.read_text(errors="replace") for path in [*stack.folder.glob("**/*.log")]}
    assert {"web.log", "worker.log", "beat.log"} <= set(logs)
    assert "IntegrityError" in logs["web.log"]
    assert {name: [line for line in text.splitlines() if leaks(line)][:5] for name, text in logs.items() if leaks(text)} == {}
    assert Signature.objects.exists()
