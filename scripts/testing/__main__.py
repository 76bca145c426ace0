"""`python -m scripts.testing [--quick]`: everything, or what fits before each commit."""

import os
import shutil
import sys
import time

from scripts.testing import measure, system
from scripts.testing.runs import SHARED, Outcome, run
from tests.support.postgres import running_postgres

# Two processes for two cores, each file in one of them, in the order of tests/support/slow.py.
TWO = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
# They start installations or processes of their own and choose their engine themselves, or read our source: once is enough.
ONCE = ("--ignore=tests/test_launcher.py", "--ignore=tests/test_settings.py", "--ignore=tests/test_house.py")


def main(arguments: list[str]) -> int:
    started = time.monotonic()
    if "--quick" in arguments:
        rest = [argument for argument in arguments if argument != "--quick"]
        return close([run("SQLite", "-m", "not e2e and not stack and not slow and not longer", "-n", "2", *rest)], [], [], started)
    system.ensure((system.CHROMIUM, system.POSTGRES))
    measure.erase()
    shutil.rmtree(SHARED, ignore_errors=True)
    os.environ["VIGIL_TEST_SHARED"] = str(SHARED)
    not_run: list[str] = []
    outcomes = [
        # Tables straight from the models, as in `--quick`: migrations are run by PostgreSQL's run, and on SQLite by every stack and installation.
        run("SQLite, measured", "-m", "not e2e and not unmeasured", *TWO, coverage=True),
        run("SQLite, laws and doors", "-m", "not e2e and unmeasured", *TWO),
    ]
    run_postgres(outcomes, not_run)
    run_browser(outcomes, not_run)
    return close(outcomes, measure.shortfalls(), not_run, started)


def run_postgres(outcomes: list[Outcome], not_run: list[str]) -> None:
    if not system.has_postgres():
        not_run.append("the suite on PostgreSQL (its server is not installed)")
        return
    with running_postgres() as url:
        environment = {"DATABASE_URL": url}
        outcomes.append(run("PostgreSQL", "-m", "not e2e and not engine_free", "--migrations", *TWO, *ONCE, environment=environment))


def run_browser(outcomes: list[Outcome], not_run: list[str]) -> None:
    if not system.has_chromium():
        not_run.append("the end-to-end tests (Chromium is not installed)")
        return
    outcomes.append(run("Browser", "-m", "e2e", *TWO, environment={"VIGIL_CHROMIUM": system.chromium()}))


def close(outcomes: list[Outcome], shortfalls: list[str], not_run: list[str], started: float) -> int:
    """The closing summary; what was not run is a failure where CI=true."""
    print("\n[test] the slowest ten")
    for seconds, name in sorted((one for outcome in outcomes for one in outcome.slowest), reverse=True)[:10]:
        print(f"  {seconds:7.2f} s  {name}")
    print("\n[test] summary")
    for outcome in outcomes:
        verdict = "good" if outcome.is_good else "FAILED"
        print(f"  {outcome.name}: {verdict}, {outcome.passed} passed, {outcome.failed} failed, {outcome.skipped} skipped in {outcome.seconds:.0f} s")
    for text in shortfalls:
        print(f"  FAILED: {text}")
    for text in not_run:
        print(f"  NOT RUN: {text}")
    print(f"  all in {time.monotonic() - started:.0f} s\n")
    print(
        f"{sum(o.passed for o in outcomes)} passed, {sum(o.failed for o in outcomes)} failed, {sum(o.skipped for o in outcomes)} skipped", flush=True
    )
    is_good = all(outcome.is_good for outcome in outcomes) and not shortfalls
    return 0 if is_good and not (not_run and os.environ.get("CI") == "true") else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
