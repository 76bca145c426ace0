"""Who may do what: the one table of roles and acts (SET-10)."""

from django.db import models


class Role(models.TextChoices):
    FRONT_DESK = "front_desk", "Front desk"
    SUPPORT = "support", "Support staff (vitals)"
    MONITOR = "monitor", "Monitor (licensed)"
    PRESCRIBER = "prescriber", "Prescriber"
    ADMINISTRATOR = "administrator", "Administrator"
    AUDITOR = "auditor", "Auditor (read only)"


class Credential(models.TextChoices):
    NONE = "none", "None"
    MA = "ma", "MA"
    LPN = "lpn", "LPN"
    RN = "rn", "RN"
    NP = "np", "NP"
    PA = "pa", "PA"
    MD = "md", "MD"
    DO = "do", "DO"
    PHARMD = "pharmd", "PharmD"


LICENSED = (Credential.RN, Credential.NP, Credential.PA, Credential.MD, Credential.DO, Credential.PHARMD)
PRESCRIBING = (Credential.NP, Credential.PA, Credential.MD, Credential.DO)


class Permission(models.TextChoices):
    VIEW_FLOOR = "view_floor", "See the board, the schedule and who is on site"
    VIEW_RECORD = "view_record", "Read charts and flowsheets"
    REGISTER_PATIENT = "register_patient", "Register and edit patients, contacts and enrolment"
    MANAGE_INTAKE = "manage_intake", "Run the intake: steps, owners, authorisations, transfers"
    CLINICAL_CHART = "clinical_chart", "Record screening, medicines, trials and consent"
    PRESCRIBE = "prescribe", "Open courses, sign orders, set standing parameters"
    GIVE_COURSE = "give_course", "Give a course to another prescriber"
    BOOK = "book", "Book, move, cancel; mark as missed"
    CHECK_IN = "check_in", "Check patients in"
    TAKE_VITALS = "take_vitals", "Record checks, rounds and events"
    SCORE = "score", "Enter scores (PHQ-9, MADRS)"
    ANSWER_RISK = "answer_risk", "Answer a positive suicide item of a score"
    REVIEW_BENEFIT = "review_benefit", "Review the benefit and decide whether the treatment goes on"
    CALL_EMERGENCY = "call_emergency", "Press the emergency button and record what was done"
    PREPARE = "prepare", "Ask the pre-dose questions, clear, hold, let wait"
    HAND_OVER = "hand_over", "Hand chairs over, cover for a colleague, take chairs over"
    RUN_DAY = "run_day", "Open and close the day, with the count of devices"
    DOSE = "dose", "Start a session and record devices"
    DECIDE = "decide", "Decide on an exception, with a reason"
    SIGN_DISCHARGE = "sign_discharge", "Assess readiness and sign the discharge"
    RECORD_DEPARTURE = "record_departure", "Record that a patient left or was transferred"
    SAFETY_CALL = "safety_call", "Make and close safety calls"
    VOID = "void", "Void a session, or enter it again for the right patient"
    ADD_ADDENDUM = "add_addendum", "Add to a signed record"
    COMPLETE_FORM = "complete_form", "Confirm the monitoring form"
    FILE_FORM = "file_form", "Send forms and record their proof"
    MOVE_DUTY = "move_duty", "Check oneself in and out"
    RECORD_DUTY = "record_duty", "Write down a prescriber's coming and going, which they confirm"
    VIEW_MESSAGES = "view_messages", "See messages to patients"
    DECIDE_MESSAGE = "decide_message", "Decide on messages that failed or are unclear"
    VIEW_REPORTS = "view_reports", "See compliance reports"
    EXPORT = "export", "Export lists"
    ANSWER_AUDIT = "answer_audit", "Plan and close findings of the self-audit"
    VIEW_STAFF = "view_staff", "See staff and their training"
    MANAGE_STAFF = "manage_staff", "Invite staff, change roles, record training"
    MANAGE_SITE = "manage_site", "Change the site's settings and policies"
    VIEW_AUDIT = "view_audit", "Read the audit trail"
    VIEW_OPERATION = "view_operation", "See how the installation stands"
    REVIEW_AUDIT = "review_audit", "Sign that the audit trail was reviewed"
    BREAK_GLASS = "break_glass", "Read a chart of another site in an emergency"


_P = Permission
_FLOOR = {_P.VIEW_FLOOR, _P.VIEW_RECORD, _P.MOVE_DUTY, _P.VIEW_STAFF, _P.CALL_EMERGENCY}
_DESK = {_P.REGISTER_PATIENT, _P.MANAGE_INTAKE, _P.BOOK, _P.CHECK_IN, _P.VIEW_MESSAGES, _P.DECIDE_MESSAGE, _P.RECORD_DEPARTURE}
# SET-2: such a word opens the start gate with a note, so it is theirs who work at the chairs, and the administrator's, who answers for the site.
_BEDSIDE = {_P.CHECK_IN, _P.TAKE_VITALS, _P.SCORE, _P.RECORD_DEPARTURE, _P.RUN_DAY, _P.RECORD_DUTY}
_LICENSED = {
    _P.REGISTER_PATIENT,
    _P.MANAGE_INTAKE,
    _P.BOOK,
    _P.CLINICAL_CHART,
    _P.PREPARE,
    _P.DOSE,
    _P.HAND_OVER,
    _P.SIGN_DISCHARGE,
    _P.SAFETY_CALL,
    _P.ANSWER_RISK,
    _P.VOID,
    _P.ADD_ADDENDUM,
    _P.COMPLETE_FORM,
    _P.FILE_FORM,
    _P.VIEW_MESSAGES,
    _P.DECIDE_MESSAGE,
    _P.BREAK_GLASS,
}
_OFFICE = {
    _P.VIEW_REPORTS,
    _P.EXPORT,
    _P.ANSWER_AUDIT,
    _P.VIEW_MESSAGES,
    _P.FILE_FORM,
    _P.GIVE_COURSE,
    _P.MANAGE_STAFF,
    _P.MANAGE_SITE,
    _P.VIEW_AUDIT,
    _P.VIEW_OPERATION,
    _P.REVIEW_AUDIT,
    _P.RUN_DAY,
    _P.RECORD_DUTY,
}

MAY: dict[Role, frozenset[Permission]] = {
    Role.FRONT_DESK: frozenset(_FLOOR | _DESK | {_P.FILE_FORM}),
    Role.SUPPORT: frozenset(_FLOOR | _BEDSIDE),
    Role.MONITOR: frozenset(_FLOOR | _BEDSIDE | _LICENSED),
    Role.PRESCRIBER: frozenset(_FLOOR | _BEDSIDE | _LICENSED | {_P.PRESCRIBE, _P.GIVE_COURSE, _P.DECIDE, _P.REVIEW_BENEFIT, _P.VIEW_REPORTS}),
    Role.ADMINISTRATOR: frozenset(_FLOOR | _DESK | _OFFICE),
    Role.AUDITOR: frozenset({_P.VIEW_RECORD, _P.VIEW_REPORTS, _P.VIEW_STAFF, _P.VIEW_AUDIT}),
}


def may(role: str, permission: Permission) -> bool:
    """Whether a role may do an act; an unknown role may nothing."""
    return role in MAY and permission in MAY[Role(role)]


# What a sign-in that was opened by a PIN lacks, whatever the role: what outlasts the shift or leaves the house. All that is signed asks
# for the password in any case (clinic.signatures.confirm_identity).
PIN_LACKS = frozenset({_P.MANAGE_SITE, _P.MANAGE_STAFF, _P.VIEW_AUDIT, _P.EXPORT, _P.ANSWER_AUDIT, _P.BREAK_GLASS, _P.REVIEW_AUDIT})
