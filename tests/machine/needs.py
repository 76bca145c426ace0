"""What a run must have done to prove anything: every act and every move so often, and which acts have no step, and why."""

from __future__ import annotations

import sys
from inspect import getmembers, isfunction, unwrap
from pkgutil import iter_modules

from clinic import actions as clinic_actions
from patients import actions as patients_actions
from sessions import actions as sessions_actions
from sessions.rules.moves import ALLOWED
from sessions.states import Status
from tests.machine.steps import STEPS
from tests.machine.world import EARLY, Ledger

Aim = str | tuple[str, str]
EACH, REFUSED_EARLY, OF_STEPS = 100, 500, 50_000
BESIDE = ("the same post again", "the watchman comes")
# Acts that are no step of a person at the floor; each says why.
WITHOUT_A_STEP = {
    "sessions.emergency.end": "the step end_emergency", "sessions.forms.owe_form": "part of record_device and others",
    "sessions.forms.withdraw_form": "part of undo_device and others",
    "sessions.alerts.acknowledge_all": "acknowledge_alert for each that shouts",
    "clinic.duty.check_in": "the step come", "clinic.duty.check_out": "the step go",
    "clinic.presence.record_coming": "the step record_presence", "clinic.presence.record_leaving": "the step record_presence",
    "clinic.presence.hand_presence_to": "the step hand_presence",
    "clinic.furniture.add_chair": "one chair more holds nobody", "clinic.furniture.set_opening_hours": "the machine's house never shuts by itself",
    "clinic.equipment.add_equipment": "it counts once it is checked", "clinic.equipment.change_equipment": "the checks are what a gate reads",
    "patients.chart.set_standing_parameters": "the step set_limits", "patients.chart.end_standing_parameters": "the step end_limits",
    "patients.facts.add_proof": "a file beside a fact", "patients.chart.save_trial": "no gate of a session that runs",
    "patients.patient.register_patient": "a chart without a course can't be booked", "patients.patient.edit_patient": "names and addresses; see tests/patients",
}  # fmt: skip
# Whole files of them.
FILES_WITHOUT_A_STEP = {
    "sessions.form_blanks": "a file of the site: no session, no patient", "sessions.auditing": "what an auditor may read: no session's state",
    "sessions.feeds": "a calendar's address: no session, no patient",
    "patients.importing": "charts from a table, before any visit", "patients.intake": "before a patient is ready for a first visit",
    "patients.messaging": "what may be sent: no session's state", "patients.emergency_reads": "reading: no session's state",
}  # fmt: skip


# Of the lowest room only what a session's gates read; the rest (sign-in, backups, the trail) is no act at the floor.
OF_THE_CLINIC = ("duty", "equipment", "furniture", "policy", "presence")


def moves() -> list[tuple[str, str]]:
    """Every move of the table, voiding included."""
    every = [(str(old), str(new)) for old, news in ALLOWED.items() for new in news]
    return sorted(every + [(str(old), "voided") for old in Status if old != Status.VOIDED])


def public_acts() -> list[str]:
    """Verbs of the rooms that a session's life hangs on (whole transactions of their own), with room and file."""
    found = []
    for room in (clinic_actions, patients_actions, sessions_actions):
        for module in iter_modules(room.__path__, f"{room.__name__}."):
            if room is clinic_actions and module.name.rpartition(".")[2] not in OF_THE_CLINIC:
                continue
            __import__(module.name)
            for name, function in getmembers(sys.modules[module.name], isfunction):
                if function is not unwrap(function) and unwrap(function).__module__ == module.name:
                    found.append(f"{module.name.replace('.actions.', '.')}.{name}")
    return sorted(found)


def acts_without_a_step() -> list[str]:
    """To mend it: add a step, or name the act (or its file) above with the reason."""
    named = [act for act in public_acts() if act not in WITHOUT_A_STEP and act.rpartition(".")[0] not in FILES_WITHOUT_A_STEP]
    return [act for act in named if act.rpartition(".")[2] not in STEPS]


def done(ledger: Ledger, aim: Aim) -> int:
    if isinstance(aim, tuple):
        return ledger.moves[aim]
    return ledger.early["refused, before its time"] if aim == EARLY else ledger.acts[aim]["accepted"]


def wanted(aim: Aim) -> int:
    return REFUSED_EARLY if aim == EARLY else EACH


def aims() -> list[Aim]:
    return [*moves(), *sorted(STEPS), EARLY]


def lacking(ledger: Ledger, count: int) -> tuple[Aim, ...]:
    """What was done least often, by the share of what is wanted."""
    return tuple(sorted(aims(), key=lambda aim: (done(ledger, aim) / wanted(aim), str(aim)))[:count])


def shortfalls(ledger: Ledger, steps: int) -> list[str]:
    """What a run of so many steps didn't do often enough to prove anything. A short one can't know rare days: it owes a third of its share."""
    share = 1.0 if steps >= OF_STEPS else steps / OF_STEPS / 3
    names: list[Aim] = [*aims(), *BESIDE]
    found = [(aim, done(ledger, aim), int(wanted(aim) * share)) for aim in names]
    return [f"{' -> '.join(aim) if isinstance(aim, tuple) else aim}: {count} of {least}" for aim, count, least in found if count < least]
