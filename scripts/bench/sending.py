"""How many messages a second leave through the outbox, every check on, beside bare SMTP over one shared connection."""

import os
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from scripts.launcher.ports import free_port
from scripts.launcher.services import ROOT
from tests.support.postgres import running_postgres

SENDERS, FLOOR_MAILS = 2, 2000
SINK = """
import sys
from aiosmtpd.controller import Controller
class Sink:
    count = 0
    async def handle_DATA(self, server, session, envelope):
        Sink.count += 1
        return "250 taken"
controller = Controller(Sink(), hostname="127.0.0.1", port=int(sys.argv[1]))
controller.start()
print("ready", flush=True)
sys.stdin.read()
controller.stop()
"""
LOAD = """
import sys, django; django.setup()
from django.db import connection
from clinic import clock
from reminders.actions import sweep as sweeping
from reminders.tasks import sweep
from tests.support.outbox_load import book_many
book_many(int(sys.argv[1]), now=clock.now())
connection.cursor().execute("ANALYZE")
sweeping.BATCH = 10_000
while sweep()["created"]:
    pass
"""
# Prints: sent, seconds of its own CPU, and its memory in MB when a tenth had gone (at most a thousand) and at the end.
SEND = """
import resource, sys, django; django.setup()
from clinic import clock
from reminders.actions.send import send_due
def memory():
    with open("/proc/self/statm") as pages:
        return int(pages.read().split()[1]) * resource.getpagesize() // 2**20
def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
early, sent, before, first = min(int(sys.argv[1]) // 10, 1000), 0, cpu(), 0
while found := send_due(now=clock.now()).get("sent", 0):
    sent += found
    first = first or (memory() if sent >= early else 0)
print(sent, cpu() - before, first or memory(), memory())
"""


@contextmanager
def sink() -> Iterator[int]:
    """An SMTP server in a process of its own that takes everything and keeps nothing."""
    port = free_port()
    child = subprocess.Popen([sys.executable, "-c", SINK, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert child.stdout is not None
        child.stdout.readline()
        yield port
    finally:
        child.communicate(timeout=30)


def bare(port: int) -> float:
    """Mails a second of the standard library over one connection."""
    started = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as connection:
        for number in range(FLOOR_MAILS):
            mail = EmailMessage()
            mail["From"], mail["To"], mail["Subject"] = "clinic@demo.example", f"p{number}@patients.example", "Your visit tomorrow"
            mail.set_content("A reminder of your visit.\n" * 8)
            connection.send_message(mail)
    return FLOOR_MAILS / (time.perf_counter() - started)


def throughput(base: dict[str, str], count: int) -> None:
    """Load, sweep, and let the senders empty the outbox; prints the rate and its ratio to the floor."""
    with sink() as port:
        environ = {
            **base,
            "VIGIL_MODE": "test",
            "VIGIL_SMTP_HOST": "127.0.0.1",
            "VIGIL_SMTP_PORT": str(port),
            "VIGIL_SMTP_SECURITY": "none",
            "PYTHONPATH": str(ROOT),
        }
        floor = bare(port)
        run([LOAD, str(count)], environ)
        started = time.perf_counter()
        share = str(count // SENDERS)
        senders = [
            subprocess.Popen([sys.executable, "-c", SEND, share], env=environ, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(SENDERS)
        ]
        told = [sender.communicate()[0].split() for sender in senders]
        seconds = time.perf_counter() - started
        floor = (floor + bare(port)) / 2
    sent, cpu = sum(int(words[0]) for words in told), sum(float(words[1]) for words in told)
    early, late = (max(int(words[place]) for words in told) for place in (2, 3))
    rate = sent / seconds
    print(
        f"\nmessages: {sent} sent by {SENDERS} senders in {seconds:.1f} s: {rate:.0f} a second (goal ≥ 150), {rate / floor:.2f} × bare SMTP "
        f"({floor:.0f} a second); {1000 * cpu / max(sent, 1):.1f} ms of CPU each; {early} MB at first, {late} MB at the end"
    )


def run(arguments: list[str], environ: dict[str, str]) -> None:
    done = subprocess.run([sys.executable, "-c", *arguments], env=environ, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)


def report() -> None:
    """On an empty database of its own, so that nothing but its own messages is due."""
    with running_postgres() as database:
        here = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": database,
            "VIGIL_MODE": "test",
            "REDIS_URL": "redis://127.0.0.1:1/0",
        }
        subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], env=here, cwd=ROOT, check=True)
        throughput(here, int(os.environ.get("MESSAGES", "3000")))


if __name__ == "__main__":
    report()
