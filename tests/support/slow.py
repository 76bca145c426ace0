"""Which tests take seconds each: junk on every form, every role at every door, big numbers, processes of their own.

`make quick` leaves them to `make test`, and there they run without being measured: they prove laws and doors, not lines."""

SLOW = (
    "junk",
    "ten_thousand",
    "tests/machine/",
    "test_access_matrix.py",
    "tests/test_reads.py",
    "tests/test_canaries.py",
    "test_watch_doors.py",
    "test_only_administrators_post",
    "test_wrong_role",
    "test_history_costs.py",
    "test_races.py",
    "clinic/test_backup.py",
    "clinic/test_copy_database.py",
    "test_guards_cost_little",
    "test_start_clinic.py::test_it_works_with_production_settings",
    "test_production_passes_the_deployment_check",
)
# They read our own source, start installations of their own, or walk again what smaller tests have measured: unmeasured.
ON_ITS_OWN = (
    "tests/test_house.py",
    "tests/test_deploy.py",
    "tests/test_launcher.py",
    "tests/test_supply.py",
    "tests/test_upgrade.py",
    "tests/test_settings.py",
    "tests/test_stack.py",
    "tests/test_canaries.py",
    "tests/test_access_bodies.py",
    "tests/test_watchman_dies.py",
    "tests/desk/test_demo.py",
    "tests/reminders/test_small_chaos.py",
    "tests/sessions/test_races_of_plans.py",
    "tests/clinic/test_start_clinic.py",
    "tests/clinic/test_anchors.py",
)
# The longest files, in the order in which two processes should begin them.
LONGEST = (
    "tests/machine/test_machine.py", "tests/test_access_matrix.py", "tests/desk/test_demo.py", "tests/test_launcher.py", "tests/clinic/test_start_clinic.py",
    "tests/test_stack.py",
    "tests/test_canaries.py", "tests/e2e/test_administrators_pages.py", "tests/e2e/test_pages.py", "tests/e2e/test_whole_day.py", "tests/sessions/test_before_dose_junk.py", "tests/patients/test_pages.py",
)  # fmt: skip


def is_slow(nodeid: str) -> bool:
    return any(word in nodeid for word in SLOW)


def is_unmeasured(nodeid: str) -> bool:
    return is_slow(nodeid) or nodeid.startswith(ON_ITS_OWN)


def turn(nodeid: str) -> int:
    """The longest files first; the others stay in their order."""
    return next((place for place, name in enumerate(LONGEST) if nodeid.startswith(name)), len(LONGEST))
