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
    "test_rotating_while_writing.py",
    "clinic/test_backup.py",
    "clinic/test_copy_database.py",
    "test_guards_cost_little",
    "test_start_clinic.py::test_it_works_with_production_settings",
    "test_production_passes_the_deployment_check",
)
# Whole pages and whole days, a fifth of a second each and more: measured, and left to `make test` too.
LONGER = (
    "clinic/test_audit_review", "clinic/test_site_settings", "clinic/test_tampering", "desk/test_board", "desk/test_demo", "desk/test_flowsheet",
    "desk/test_locked", "desk/test_one_numbering", "desk/test_patient_chart", "desk/test_patient_list", "desk/test_tablets", "patients/test_intake_pages",
    "patients/test_pages", "reminders/test_clock_changes", "reminders/test_deciding", "reminders/test_drivers", "reminders/test_inbound",
    "reminders/test_mail", "reminders/test_message", "reminders/test_outbox", "reminders/test_small_chaos", "reminders/test_texts",
    "reminders/test_visit_prepare", "reports/test_auditors", "reports/test_binder", "reports/test_exports", "reports/test_naive", "reports/test_overview",
    "reports/test_reports", "reports/test_sample_binder", "reports/test_self_audit", "reports/test_summaries", "reports/test_tables",
    "sessions/test_adverse_pages", "sessions/test_ahead", "sessions/test_before_dose_views", "sessions/test_benefit", "sessions/test_calls",
    "sessions/test_concerns", "sessions/test_filing", "sessions/test_forecast", "sessions/test_form.py", "sessions/test_off_schedule",
    "sessions/test_paper", "sessions/test_past_emergencies", "sessions/test_plan_page", "sessions/test_races_of_plans", "sessions/test_reentry",
    "sessions/test_rescue", "sessions/test_signatures_forged", "sessions/test_signed_content", "sessions/test_swapping", "sessions/test_two_people",
    "tests/test_access_bodies", "tests/test_watchman_dies",
)  # fmt: skip
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
)
# The longest files, in the order in which two processes should begin them.
LONGEST = (
    "tests/machine/test_machine.py", "tests/test_access_matrix.py", "tests/desk/test_demo.py", "tests/test_launcher.py", "tests/clinic/test_start_clinic.py",
    "tests/test_stack.py",
    "tests/test_canaries.py", "tests/e2e/test_administrators_pages.py", "tests/e2e/test_pages.py", "tests/e2e/test_whole_day.py", "tests/sessions/test_before_dose_junk.py", "tests/patients/test_pages.py",
)  # fmt: skip


def is_slow(nodeid: str) -> bool:
    return any(word in nodeid for word in SLOW)


def is_longer(nodeid: str) -> bool:
    return any(word in nodeid for word in LONGER)


def is_unmeasured(nodeid: str) -> bool:
    return is_slow(nodeid) or nodeid.startswith(ON_ITS_OWN)


def turn(nodeid: str) -> int:
    """The longest files first; the others stay in their order."""
    return next((place for place, name in enumerate(LONGEST) if nodeid.startswith(name)), len(LONGEST))
