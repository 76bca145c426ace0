"""Who may open what: every url, its methods, the permission it needs and the kind of row it names. An unknown url fails the suite."""

from dataclasses import dataclass

from clinic.roles import Permission as P


@dataclass(frozen=True)
class Entry:
    """`of` is a kind of tests.access_objects; `needs` are all required."""

    methods: tuple[str, ...]
    needs: tuple[P, ...]
    of: str = ""


def page(*needs: P, of: str = "") -> Entry:
    return Entry(("GET",), needs, of)


def act(*needs: P, of: str = "") -> Entry:
    return Entry(("POST",), needs, of)


def form(*needs: P, of: str = "") -> Entry:
    return Entry(("GET", "POST"), needs, of)


CLINIC = {
    "staff": page(P.VIEW_STAFF),
    "staff_member": page(P.VIEW_STAFF, of="member"),
    "invite": form(P.MANAGE_STAFF),
    "withdraw_invitation": act(P.MANAGE_STAFF, of="invitation"),
    "change_member": act(P.MANAGE_STAFF, of="member"),
    "record_training": act(P.MANAGE_STAFF, of="member"),
    "reset_factor": act(P.MANAGE_STAFF, of="member"),
    "end_membership": act(P.MANAGE_STAFF, of="member"),
    "duty": page(P.VIEW_FLOOR),
    "duty_come": act(P.MOVE_DUTY),
    "duty_leave": act(P.MOVE_DUTY),
    "duty_stay": act(P.MOVE_DUTY),
    "duty_plan": act(P.MOVE_DUTY),
    "duty_record": act(P.RECORD_DUTY),
    "duty_confirm": act(P.MOVE_DUTY, of="stay"),
    "duty_hand_over": act(P.MOVE_DUTY),
    "duty_correct": form(P.MOVE_DUTY),
    "site_settings": page(P.MANAGE_SITE),
    "site_details": form(P.MANAGE_SITE),
    "certification": form(P.MANAGE_SITE),
    "representative": form(P.MANAGE_SITE),
    "chairs": form(P.MANAGE_SITE),
    "chair": form(P.MANAGE_SITE, of="chair"),
    "opening_hours": form(P.MANAGE_SITE),
    "closures": form(P.MANAGE_SITE),
    "remove_closure": act(P.MANAGE_SITE, of="closure"),
    "equipment": form(P.MANAGE_SITE),
    "equipment_item": form(P.MANAGE_SITE, of="equipment"),
    "equipment_check": act(P.MANAGE_SITE, of="equipment"),
    "screens": form(P.MANAGE_SITE),
    "enrol_tablet": act(P.MANAGE_SITE),
    "my_pin": form(P.VIEW_FLOOR),
    "remove_my_pin": act(P.VIEW_FLOOR),
    "revoke_screen": act(P.MANAGE_SITE, of="screen"),
    "policies": page(P.MANAGE_SITE),
    "operator": page(P.VIEW_OPERATION),
    "new_policy": form(P.MANAGE_SITE),
    "withdraw_policy": act(P.MANAGE_SITE, of="policy"),
    "file": page(P.VIEW_RECORD, of="file"),
    "audit": page(P.VIEW_AUDIT),
    "audit_review": form(P.REVIEW_AUDIT),
}

PATIENTS = {
    "patient_list": form(P.VIEW_RECORD),
    "intake_list": form(P.VIEW_RECORD),
    "intake_new": form(P.MANAGE_INTAKE, of="patient"),
    "intake_step": form(P.MANAGE_INTAKE, of="intake"),
    "intake_step_back": form(P.MANAGE_INTAKE, of="intake step"),
    "intake_give": form(P.MANAGE_INTAKE, of="intake"),
    "intake_drop": form(P.MANAGE_INTAKE, of="intake"),
    "intake_finish": form(P.MANAGE_INTAKE, of="intake"),
    "intake_reopen": form(P.MANAGE_INTAKE, of="intake"),
    "authorisation_new": form(P.MANAGE_INTAKE, of="patient"),
    "authorisation_correct": form(P.MANAGE_INTAKE, of="authorisation"),
    "transfer_out": form(P.MANAGE_INTAKE, of="patient"),
    "transfer_told": form(P.MANAGE_INTAKE, of="move"),
    "transfer_call_off": form(P.MANAGE_INTAKE, of="move"),
    "course_elsewhere": form(P.PRESCRIBE, of="course"),
    "patient_chart": page(P.VIEW_RECORD, of="patient"),
    "patient_new": form(P.REGISTER_PATIENT),
    "patient_import": form(P.REGISTER_PATIENT),
    "patient_edit": form(P.REGISTER_PATIENT, of="patient"),
    "patient_readers": page(P.VIEW_AUDIT, P.VIEW_RECORD, of="patient"),
    "patient_status": form(P.REGISTER_PATIENT, of="patient"),
    "contact_new": form(P.REGISTER_PATIENT, of="patient"),
    "contact_edit": form(P.REGISTER_PATIENT, of="contact"),
    "enrolment_new": form(P.REGISTER_PATIENT, of="patient"),
    "enrolment_proof": form(P.REGISTER_PATIENT, of="enrolment"),
    "screening_new": form(P.CLINICAL_CHART, of="patient"),
    "screening_correct": form(P.CLINICAL_CHART, of="screening"),
    "consent_new": form(P.CLINICAL_CHART, of="patient"),
    "medicine_new": form(P.CLINICAL_CHART, of="patient"),
    "medicine_stop": form(P.CLINICAL_CHART, of="medicine"),
    "trial_new": form(P.CLINICAL_CHART, of="patient"),
    "trial_edit": form(P.CLINICAL_CHART, of="trial"),
    "standing_new": form(P.PRESCRIBE, of="patient"),
    "standing_end": form(P.PRESCRIBE, of="limits"),
    "score_new": form(P.SCORE, of="scale"),
    "score_correct": form(P.SCORE, of="score"),
    "score_take_back": form(P.SCORE, of="score"),
    "risk_answer": form(P.ANSWER_RISK, of="score"),
    "course_new": form(P.PRESCRIBE, of="patient"),
    "course_prescriber": form(P.GIVE_COURSE, of="course"),
    "course_end": form(P.PRESCRIBE, of="course"),
    "order_new": form(P.PRESCRIBE, of="course"),
    "order_spoken": form(P.CLINICAL_CHART, of="course"),
    "order_cosign": form(P.PRESCRIBE, of="spoken order"),
    "order_cancel": form(P.PRESCRIBE, of="order"),
}

SESSIONS = {
    "board": page(P.VIEW_FLOOR),
    "ahead": page(P.VIEW_FLOOR),
    "to_sign": page(P.PRESCRIBE),
    "flowsheet": page(P.VIEW_RECORD, of="session"),
    "session_record": page(P.VIEW_RECORD, of="session"),
    "flowsheet_news": page(P.VIEW_RECORD, of="session"),
    "schedule": page(P.VIEW_FLOOR),
    "schedule_print": page(P.VIEW_FLOOR),
    "session_book": form(P.BOOK),
    "course_plan": form(P.BOOK, of="patient"),
    "booking_forecast": page(P.BOOK),
    "rescue": page(P.BOOK, of="day"),
    "rescue_accept": act(P.BOOK, of="day"),
    "rescue_cancel": act(P.BOOK, of="booked session"),
    "rescue_keep": act(P.DECIDE, of="booked session"),
    "session_move": form(P.BOOK, of="booked session"),
    "session_cancel": act(P.BOOK, of="booked session"),
    "session_miss": act(P.BOOK, of="booked session"),
    "session_next": page(P.VIEW_RECORD, of="missed session"),
    "next_decide": act(P.BOOK, of="missed session"),
    "next_accept": act(P.BOOK, of="missed session"),
    "session_rebook": act(P.BOOK, of="booked session"),
    "session_arrive": act(P.CHECK_IN, of="booked session"),
    "way_home_set": act(P.CHECK_IN, of="session"),
    "session_wait": act(P.PREPARE, of="session"),
    "session_resume": act(P.PREPARE, of="session"),
    "session_hold": act(P.PREPARE, of="session"),
    "session_reopen": act(P.PREPARE, of="session"),
    "predose_answer": act(P.PREPARE, of="session"),
    "finding_decide": act(P.DECIDE, of="session"),
    "session_clear": act(P.PREPARE, of="session"),
    "dosing_start": act(P.DOSE, of="session"),
    "device_record": form(P.DOSE, of="session"),
    "dosing_stop": act(P.DOSE, of="session"),
    "complaint_report": act(P.DOSE, of="session"),
    "device_undo": act(P.DOSE, of="device"),
    "device_confirm": form(P.DOSE, of="device"),
    "device_correct": form(P.DOSE, of="device"),
    "observation_record": act(P.TAKE_VITALS, of="session"),
    "observation_correct": form(P.TAKE_VITALS, of="check"),
    "round_record": act(P.TAKE_VITALS, of="session"),
    "event_record": act(P.TAKE_VITALS, of="session"),
    "measure_record": form(P.TAKE_VITALS, of="session"),
    "check_withdraw": form(P.TAKE_VITALS, of="check"),
    "round_withdraw": form(P.TAKE_VITALS, of="round"),
    "event_withdraw": form(P.TAKE_VITALS, of="event"),
    "alert_acknowledge": act(P.TAKE_VITALS, of="alert"),
    "alert_close": form(P.DECIDE, of="alert"),
    "sheet": page(P.VIEW_RECORD, of="session"),
    "day_sheets": page(P.VIEW_RECORD),
    "blank_sheets": page(P.VIEW_FLOOR),
    "paper_enter": form(P.TAKE_VITALS, of="session"),
    "help_answer": act(P.TAKE_VITALS, of="session"),
    "patient_seen": form(P.DECIDE, of="session"),
    "benefit_review": form(P.REVIEW_BENEFIT, of="course"),
    "benefit_correct": form(P.REVIEW_BENEFIT, of="benefit review"),
    "readiness_record": act(P.SIGN_DISCHARGE, of="session"),
    "session_discharge": act(P.SIGN_DISCHARGE, of="session"),
    "session_discharge_early": form(P.SIGN_DISCHARGE, of="session"),
    "session_left": form(P.RECORD_DEPARTURE, of="session"),
    "session_transfer": form(P.RECORD_DEPARTURE, of="session"),
    "session_explain": form(P.RECORD_DEPARTURE, of="session"),
    "departure_sign": form(P.DECIDE, of="departure"),
    "session_void": form(P.VOID, of="session"),
    "session_swap": form(P.VOID, of="session"),
    "session_reenter": form(P.VOID, of="session"),
    "rems_told": form(P.FILE_FORM, of="session"),
    "safety_call": form(P.SAFETY_CALL, of="safety call"),
    "call_take": act(P.SAFETY_CALL, of="safety call"),
    "addendum_add": form(P.ADD_ADDENDUM, of="session"),
    "leaving_sheet": page(P.VIEW_RECORD, of="session"),
}

EMERGENCY = {
    "calls": page(P.VIEW_FLOOR),
    "emergencies": page(P.VIEW_REPORTS),
    "emergency_press": act(P.CALL_EMERGENCY),
    "emergency": page(P.VIEW_RECORD, of="emergency"),
    "emergency_summary": page(P.VIEW_RECORD, of="emergency"),
    "emergency_place": act(P.CALL_EMERGENCY, of="emergency"),
    "emergency_step": act(P.CALL_EMERGENCY, of="emergency"),
    "emergency_end": act(P.CALL_EMERGENCY, of="emergency"),
    "emergency_tell": act(P.CALL_EMERGENCY, of="emergency"),
    "adverse_new": form(P.CLINICAL_CHART, of="session"),
    "adverse_at_home": form(P.CLINICAL_CHART, of="patient"),
    "adverse_event": page(P.VIEW_RECORD, of="adverse event"),
    "adverse_correct": form(P.CLINICAL_CHART, of="adverse event"),
    "adverse_phone": act(P.FILE_FORM, of="adverse event"),
}

FLOOR = {
    "handover": page(P.VIEW_FLOOR),
    "handover_offer": act(P.HAND_OVER),
    "handover_take": act(P.HAND_OVER),
    "handover_accept": act(P.HAND_OVER, of="offer"),
    "handover_decline": act(P.HAND_OVER, of="offer"),
    "handover_withdraw": act(P.HAND_OVER, of="offer"),
    "handover_return": act(P.HAND_OVER, of="offer"),
    "day": page(P.VIEW_FLOOR),
    "day_open": act(P.RUN_DAY),
    "day_close": act(P.RUN_DAY),
}

FILING = {
    "filing": page(P.FILE_FORM),
    "form_blank": form(P.MANAGE_SITE),
    "form_map": form(P.MANAGE_SITE, of="blank"),
    "form": page(P.VIEW_RECORD, of="owed form"),
    "form_confirm": act(P.COMPLETE_FORM, of="owed form"),
    "form_send": act(P.FILE_FORM, of="sent form"),
    "form_prove": act(P.FILE_FORM, of="sent form"),
    "form_fail": act(P.FILE_FORM, of="sent form"),
    "form_amend": act(P.COMPLETE_FORM, of="sent form"),
    "form_print": page(P.VIEW_RECORD, of="sent form"),
    "form_official": page(P.FILE_FORM, of="sent form"),
    "form_companion": page(P.FILE_FORM, of="sent form"),
    "form_receipt": page(P.VIEW_RECORD, of="receipt"),
}

OFFICE = {
    "feeds": form(P.VIEW_FLOOR),
    "feed_chair": act(P.MANAGE_SITE),
    "feed_revoke": act(P.VIEW_FLOOR, of="feed"),
    "wishes": page(P.BOOK),
    "wish_accept": act(P.BOOK, of="wish"),
    "wish_decline": act(P.BOOK, of="wish"),
    "answer_settle": act(P.BOOK, of="booked session"),
    "messages": page(P.VIEW_MESSAGES),
    "patient_messages": page(P.VIEW_RECORD, of="patient"),
    "replies": page(P.VIEW_MESSAGES),
    "reply": form(P.DECIDE_MESSAGE, of="text"),
    "message_returned": act(P.DECIDE_MESSAGE, of="failed message"),
    "message_again": act(P.DECIDE_MESSAGE, of="failed message"),
    "message_close": act(P.DECIDE_MESSAGE, of="failed message"),
    "unreachable": page(P.VIEW_MESSAGES),
    "address_works": act(P.DECIDE_MESSAGE, of="undeliverable"),
    "message_week": page(P.VIEW_MESSAGES),
    "message_settings": form(P.MANAGE_SITE),
    "message_wording": form(P.MANAGE_SITE, of="message kind"),
    "message_preview": act(P.MANAGE_SITE, of="message kind"),
    "message_shipped": act(P.MANAGE_SITE, of="message kind"),
    "reports": page(P.VIEW_REPORTS),
    "report_sites": page(P.VIEW_REPORTS),
    "measures": page(P.VIEW_REPORTS),
    "self_audit": page(P.VIEW_REPORTS),
    "self_audit_finding": page(P.VIEW_REPORTS, of="finding"),
    "self_audit_plan": act(P.ANSWER_AUDIT, of="finding"),
    "self_audit_close": act(P.ANSWER_AUDIT, of="finding"),
    "audit_export": form(P.VIEW_AUDIT, P.EXPORT),
    "binder": form(P.VIEW_REPORTS, P.EXPORT),
    "auditors": form(P.MANAGE_STAFF),
    "auditor_grant": page(P.MANAGE_STAFF, of="auditor grant"),
    "auditor_revoke": act(P.MANAGE_STAFF, of="auditor grant"),
    "audited": page(P.VIEW_RECORD),
    "report_list": page(P.VIEW_REPORTS, of="measure"),
    "report_json": page(P.VIEW_REPORTS, P.EXPORT),
    "exports": form(P.VIEW_REPORTS, P.EXPORT),
    "export": page(P.VIEW_REPORTS, P.EXPORT, of="export"),
    "export_cancel": act(P.VIEW_REPORTS, P.EXPORT, of="export"),
    "export_again": act(P.VIEW_REPORTS, P.EXPORT, of="export"),
    "export_file": page(P.VIEW_REPORTS, P.EXPORT, of="export"),
    "disclosures": page(P.VIEW_AUDIT),
    "downtime": form(P.MANAGE_SITE),
}

PAGES: dict[str, Entry] = CLINIC | PATIENTS | SESSIONS | EMERGENCY | FLOOR | FILING | OFFICE

# Without a site in the path: open to everybody (the operator's monitor, or whoever holds a link), or to anybody signed in.
OPEN = {"healthz", "readyz", "metrics", "accept_invitation", "screen", "feed"}
OPEN |= {"visit", "visit_birth", "visit_prepare", "visit_move", "visit_cancel", "visit_calendar"}  # whoever holds a patient's link
OPEN |= {"text_hook", "text_status"}  # whoever can sign
SIGNED_IN = {"home", "lock", "lock_state"}
# The locked page: a locked sign-in, or a tablet that an administrator enrolled (tests/desk/test_locked.py, test_tablets.py).
SIGNED_IN |= {"locked", "unlock", "unlock_pin", "locked_act", "locked_emergency"}
SIGNED_IN |= {"home", "sign_ins", "end_sign_in", "end_all_sign_ins", "passkey_to_sign"}
