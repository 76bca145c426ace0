"""`make bench`: seed, serve beside the floor, measure, print the table; `python -m scripts.bench week planning` measures those parts alone."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import replace
from pathlib import Path

from scripts.bench import network, planning, sending
from scripts.bench.client import HOST, Client
from scripts.bench.pages import Page, after_posts, loud_pages, pages, vitals
from scripts.bench.server import Server, serving
from scripts.launcher.services import ROOT
from tests.support.postgres import running_postgres

FLOOR_REQUESTS, REQUESTS, WARM = 1500, 120, 12
MOST_KILOBYTES = 60
Row = tuple[Page, float, dict[str, int]]


def main(asked: list[str]) -> int:
    """All of it, or a network (SCALE=network); or the parts that are named: `planning`, `sending`, or the pages whose names begin so ("week", "board", "posting")."""
    if os.environ.get("SCALE") == "network":
        return network.main()
    if not asked or "planning" in asked:
        planning.report()
    names = tuple(word for word in asked if word not in ("planning", "sending"))
    if not asked or names:
        web(names)
    if not asked or "sending" in asked:
        sending.report()
    return 0


def web(names: tuple[str, ...]) -> None:
    sessions = int(os.environ.get("SESSIONS", "100000"))
    with running_postgres() as database, tempfile.TemporaryDirectory(prefix="vigil-bench-") as folder:
        base = environment(database, Path(folder))
        told = seed(base, sessions)
        print(f"{told['sessions']} sessions, {len(told['live'])} under watch, gunicorn 2 × 2, PostgreSQL", flush=True)  # type: ignore[arg-type]
        measured(base, told, Path(folder), names)


def environment(database: str, folder: Path) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("VIGIL_")},
        "DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": database, "VIGIL_DATA_DIR": str(folder), "VIGIL_SECRET_KEY": "bench-" * 12,
        "VIGIL_ORIGIN": f"https://{HOST}", "VIGIL_ALLOWED_HOSTS": HOST, "REDIS_URL": "redis://127.0.0.1:1/0", "VIGIL_SMTP_HOST": "127.0.0.1",
        "VIGIL_SMTP_SECURITY": "none", "VIGIL_MAIL_FROM": f"clinic@{HOST}", "VIGIL_MODE": "production",
    }  # fmt: skip


def seed(base: dict[str, str], sessions: int) -> dict[str, object]:
    started = time.monotonic()
    demonstration = {**base, "VIGIL_MODE": "demonstration"}
    for arguments in (["migrate", "--verbosity", "0"], ["collectstatic", "--noinput", "--verbosity", "0"], ["seed_demo"]):
        manage(demonstration, *arguments)
    told = manage(demonstration, "seed_bench", "--sessions", str(sessions))
    print(f"seeded in {time.monotonic() - started:.0f} s", flush=True)
    found: dict[str, object] = json.loads(told)
    return found


def manage(environ: dict[str, str], *arguments: str) -> str:
    done = subprocess.run([sys.executable, "manage.py", *arguments], env=environ, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"manage.py {' '.join(arguments[:1])} failed:\n{done.stdout}\n{done.stderr}")
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""


def measured(base: dict[str, str], told: dict[str, object], folder: Path, names: tuple[str, ...] = ()) -> None:
    """The floor before and after, the pages between: on a calm floor, then on a loud one; each cost is workers' CPU over sequential requests."""

    def named(listed: list[Page]) -> list[Page]:
        return [page for page in listed if not names or page.name.startswith(names)]

    plain = str(told["floor_cookie"])
    with (
        serving("config.wsgi:application", base, folder / "web.log") as ours,
        serving("scripts.bench.floor:application", base, folder / "floor.log") as floor,
    ):
        before = cost(floor, Client(floor.port, plain), Page("floor", "/"), FLOOR_REQUESTS)
        rows = priced(ours, base, told, named(pages(told)))
        told |= json.loads(manage({**base, "VIGIL_MODE": "demonstration"}, "seed_bench", "--loud"))
        rows += priced(ours, base, told, named(loud_pages(told)))
        rows += priced(ours, base, told, named([after_posts(told)]))
        after = cost(floor, Client(floor.port, plain), Page("floor", "/"), FLOOR_REQUESTS)
        memory = ours.memory_mb()
    print(f"floor: {before:.2f} ms before, {after:.2f} ms after; worker {memory:.0f} MB (goal ≤ 110)\n")
    table(rows, (before + after) / 2)


def priced(server: Server, base: dict[str, str], told: dict[str, object], asked: list[Page]) -> list[Row]:
    """Queries and bytes first: the posts below write more checks than any watch has."""
    counted = json.loads(manage(base, "count_queries", "--user", str(told["nurse"]), json.dumps([page.asked() for page in asked])))
    client = str(told["cookie"])
    return [(page, cost(server, signed_in(server, client), page, REQUESTS), counted[page.name]) for page in asked]


def signed_in(server: Server, cookie: str) -> Client:
    client = Client(server.port, cookie)
    client.get("/riverside/")
    return client


def version_of(client: Client) -> str:
    """What a board that shows everything brings back with its poll."""
    _, page = client.get("/riverside/", **{"Accept-Encoding": "identity"})
    found = re.search(r'[?&]v=([^"&]+)"', page.decode())
    return found[1] if found else ""


def cost(server: Server, client: Client, page: Page, count: int) -> float:
    """Milliseconds of worker CPU per request."""
    for number in range(WARM):
        ask(client, replace(page, is_poll=False, expected=(200, 204, 302, 303)), number)
    if page.is_poll:
        page = replace(page, path=page.path + version_of(client))
    before = server.cpu()
    for number in range(WARM, WARM + count):
        ask(client, page, number)
    return 1000 * (server.cpu() - before) / count


def ask(client: Client, page: Page, number: int) -> None:
    path = page.path_of(number)
    if page.fields is None:
        status, _ = client.get(path, **page.headers)
    else:
        status, _ = client.post(path, {**vitals(number), "client_key": str(uuid.uuid4())})
    if status not in page.expected:
        raise SystemExit(f"{page.name}: {path} answered {status}")


def table(rows: list[Row], floor: float) -> None:
    print(f"{'page':34}{'ms CPU':>8}{'ratio':>8}{'goal':>7}{'queries':>9}{'goal':>6}{'kB':>7}")
    for page, milliseconds, found in rows:
        ratio, kilobytes = milliseconds / floor, found["bytes"] / 1000
        is_good = ratio <= page.goal and found["queries"] <= page.most_queries and kilobytes <= MOST_KILOBYTES
        told = f"{found['queries']:9}{page.most_queries:6}{kilobytes:7.1f}{'' if is_good else '  over'}"
        print(f"{page.name:34}{milliseconds:8.1f}{ratio:7.1f}×{page.goal:6}×{told}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
