"""What a patient's text says, which answer it gets, when it has waited too long: tables and laws."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.rules.opening import Calendar, Span
from reminders.models import InboundText
from reminders.rules import crisis, signing
from reminders.rules.answers import ANSWERS, Answer, Answered, answer_to
from reminders.rules.kinds import Kind, Slot, window_of
from reminders.rules.replies import STOP_EN, STOP_ES, TextKind, plain, read
from reminders.rules.returns import keyed_report, twilio_report
from reminders.rules.staffed import LOOK_AHEAD, alarm_at

NOW = datetime(2026, 6, 10, 14, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")


def test_every_kind_has_a_word() -> None:
    assert set(TextKind) == {TextKind(value) for value in InboundText.Kind.values}
    assert set(ANSWERS) == set(TextKind) - {TextKind.UNKNOWN}


@pytest.mark.parametrize(
    "body",
    [
        "STOP", "stop", "Stop.", " STOP! ", "s.t.o.p", "STOPALL", "Stop all", "END", "CANCEL", "QUIT", "UNSUBSCRIBE", "Revoke", "OptOut", "opt out", "OPT-OUT",
        "please stop", "Stop texting me", "stop sending me messages", "don't text me", "Don’t text me anymore", "do not message me", "no more texts",
        "remove me", "take me off your list", "wrong number", "I want to opt out", "un-subscribe", "Please stop all the messages thanks", "leave me alone",
        "ALTO", "alto!", "PARAR", "Pare", "CANCELAR", "BAJA", "fin", "Fín", "dar de baja", "Deme de baja por favor", "no me manden mensajes", "ya no me escriban",
        "no quiero más mensajes", "No quiero recibir mensajes", "dejen de mandarme mensajes", "dejen de escribirme", "número equivocado", "PARÁR",
    ],
)  # fmt: skip
def test_no_more_texts(body: str) -> None:
    found = read(body)
    assert found.is_opt_out or found.kind == TextKind.CRISIS
    assert found.is_opt_out, body


@pytest.mark.parametrize(
    ("body", "kind", "language"),
    [
        ("HELP", TextKind.HELP, "en"), ("help?", TextKind.HELP, "en"), ("INFO", TextKind.HELP, "en"), ("AYUDA", TextKind.HELP, "es"), ("ayúda", TextKind.HELP, "es"),
        ("START", TextKind.START, "en"), ("unstop", TextKind.START, "en"), ("INICIAR", TextKind.START, "es"), ("STOP", TextKind.STOP, "en"),
        ("ALTO", TextKind.STOP, "es"), ("I'm ten minutes late", TextKind.UNKNOWN, "en"), ("Llego tarde por favor", TextKind.UNKNOWN, "en"),
        ("Hola, llego tarde, gracias", TextKind.UNKNOWN, "es"), ("yes", TextKind.UNKNOWN, "en"), ("C", TextKind.UNKNOWN, "en"), ("", TextKind.UNKNOWN, "en"), ("👍", TextKind.UNKNOWN, "en"),
        ("Can I cancel my appointment on Monday", TextKind.UNKNOWN, "en"), ("Will you be open this week?", TextKind.UNKNOWN, "en"),
        ("Is it OK to come at 3", TextKind.UNKNOWN, "en"), ("quiero morir", TextKind.CRISIS, "es"), ("I want to die", TextKind.CRISIS, "en"),
    ],
)  # fmt: skip
def test_other_words(body: str, kind: TextKind, language: str) -> None:
    assert (read(body).kind, read(body).language) == (kind, language)


def test_yes_means_texts_again_after_stop_alone() -> None:
    assert read("Yes!", has_stopped=True).kind == TextKind.START
    assert read("sí", has_stopped=True).kind == TextKind.START
    assert read("Yes!").kind == TextKind.UNKNOWN


@pytest.mark.parametrize(
    ("body", "needs"), [("STOP", False), ("please cancel", True), ("help", False), ("start please", True), ("see you", True), ("I give up", True)]
)
def test_who_must_read_it(body: str, needs: bool) -> None:
    """A bare keyword needs nobody; a sentence with one may mean the visit."""
    assert read(body).needs_a_person is needs


CRISIS = [
    "I want to die", "i wanna die", "want to kill myself", "kms", "KILL MYSELF", "killmyself", "im suicidal", "thinking about suicide", "sucide", "i'm gonna end it all", "end my life",
    "I want to end it", "I can't go on", "cant do this anymore", "I don't want to live anymore", "dont want to be here", "no reason to live", "better off dead", "Better off without me",
    "I took all my pills", "took the whole bottle", "I overdosed", "I have a gun", "hurt myself", "cutting myself", "self-harm", "I give up", "goodbye", "help me", "I need help", "wish I was dead",
    "i wish i could disappear", "dieeee", "not safe", "i feel hopeless", "life is not worth it", "chest pain", "can't breathe", "call 911", "nobody would miss me", "I'm done with everything",
    "Stop. I want to die", "no point anymore", "I am a burden", "going to jump off the bridge", "ending it tonight", "unalive myself", "I hear voices", "I can’t take it", "want to sleep forever",
    "quiero morir", "Quiero morirme", "me quiero matar", "voy a matarme", "suicidio", "quitarme la vida", "no quiero vivir", "ya no quiero vivir más", "no puedo más", "acabar con todo", "terminar con mi vida",
    "hacerme daño", "tomé muchas pastillas", "sobredosis", "auxilio", "ayúdenme", "necesito ayuda", "mejor muerta", "estarían mejor sin mí", "no vale la pena", "sin esperanza", "me rindo", "no aguanto más", "adiós",
    "me voy a cortar, ya no puedo", "dolor de pecho", "no puedo respirar", "tengo una pistola", "quiero desaparecer", "odio mi vida", "estoy desesperada", "noquierovivir", "es una emergencia", "quiero acabar",
]  # fmt: skip


@pytest.mark.parametrize("body", CRISIS)
def test_words_of_a_crisis(body: str) -> None:
    assert read(body).kind == TextKind.CRISIS


def test_a_crisis_may_stop_texts_too_but_the_end_of_a_life_is_no_end_of_texts() -> None:
    assert read("Stop texting me, I want to die").is_opt_out
    assert not read("I want to end it").is_opt_out
    assert read("END").kind == TextKind.STOP


@given(
    st.sampled_from(sorted(STOP_EN | STOP_ES)),
    st.sampled_from(["", " ", "!", "...", "\n", "¡", "?"]),
    st.sampled_from(["", "!", " . ", "\t"]),
    st.booleans(),
)
def test_case_and_punctuation_change_no_keyword(word: str, before: str, after: str, is_loud: bool) -> None:
    found = read(before + (word.upper() if is_loud else word.title()) + after)
    assert (found.kind, found.is_opt_out, found.is_plain) == (TextKind.STOP, True, True)


@given(st.sampled_from(CRISIS), st.text(max_size=30), st.text(max_size=30))
def test_nothing_around_it_hides_a_crisis(said: str, before: str, after: str) -> None:
    """But for what stands alone as letters, and what joins on to its words."""
    assert read(f"{before} xx. {said} .xx {after}").kind == TextKind.CRISIS


@given(st.text(max_size=300))
def test_any_text_can_be_read(body: str) -> None:
    found = read(body)
    assert found.language in ("en", "es")
    assert not found.needs_a_person or not found.is_plain or found.kind == TextKind.UNKNOWN
    assert plain(plain(body)) == plain(body)


@pytest.mark.parametrize(
    ("told", "is_it"), [("quiero morir", True), ("i want to die", False), ("hola", False), ("i want to die quiero morir", False)]
)
def test_the_language_of_a_crisis(told: str, is_it: bool) -> None:
    assert crisis.is_spanish(told) is is_it


def lately(kind: TextKind, minutes: int) -> Answered:
    return Answered(kind, NOW - timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("kind", "had_stopped", "earlier", "answer"),
    [
        (TextKind.UNKNOWN, False, [], None),
        (TextKind.HELP, False, [], Answer.HELP),
        (TextKind.HELP, True, [], Answer.HELP),
        (TextKind.HELP, False, [lately(TextKind.HELP, 9)], None),
        (TextKind.HELP, False, [lately(TextKind.HELP, 10)], Answer.HELP),
        (TextKind.START, True, [lately(TextKind.STOP, 1)], None),
        (TextKind.START, True, [lately(TextKind.STOP, 11)], Answer.STARTED),
        (TextKind.STOP, False, [lately(TextKind.HELP, 1)], Answer.STOPPED),
        (TextKind.STOP, True, [], None),
        (TextKind.CRISIS, True, [lately(TextKind.HELP, 1), lately(TextKind.CRISIS, 1), lately(TextKind.CRISIS, 2)], Answer.CRISIS),
        (TextKind.CRISIS, False, [lately(TextKind.CRISIS, 1)] * 3, None),
    ],
)
def test_which_answer(kind: TextKind, had_stopped: bool, earlier: list[Answered], answer: Answer | None) -> None:
    assert answer_to(kind, had_stopped=had_stopped, earlier=earlier, now=NOW) == answer


def test_an_answer_goes_within_two_hours_or_not_at_all() -> None:
    window = window_of(Kind.ANSWER, Slot(NOW, NOW, NOW, NEW_YORK), now=NOW)
    assert window is not None
    assert (window.due_at, window.useless_at) == (NOW, NOW + timedelta(hours=2))


WEEK = Calendar(NEW_YORK, tuple(Span(day, time(8), time(18)) for day in range(5)), frozenset({date(2026, 6, 11)}))


@pytest.mark.parametrize(
    ("received", "alarm"),
    [
        ("2026-06-10T14:00", "2026-06-10T14:15"),
        ("2026-06-10T05:00", "2026-06-10T12:15"),
        # Five minutes before closing on Wednesday; Thursday is closed: ten more on Friday morning.
        ("2026-06-10T21:55", "2026-06-12T12:10"),
        ("2026-06-12T22:00", "2026-06-15T12:15"),
        ("2026-06-13T15:00", "2026-06-15T12:15"),
    ],
)
def test_fifteen_staffed_minutes(received: str, alarm: str) -> None:
    assert alarm_at(WEEK, datetime.fromisoformat(received + "+00:00")) == datetime.fromisoformat(alarm + "+00:00")


def test_a_site_that_never_opens_is_told_at_last() -> None:
    assert alarm_at(Calendar(NEW_YORK, (), frozenset()), NOW) == NOW + LOOK_AHEAD


def test_twilios_signature_is_the_published_one() -> None:
    """The example of its documentation."""
    fields = {"CallSid": ["CA1234567890ABCDE"], "Caller": ["+12349013030"], "Digits": ["1234"], "From": ["+12349013030"], "To": ["+18005551212"]}
    assert signing.twilio_signature("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", fields) == "0/KCTR6DLpKmkAf8muzZqo1nDgQ="


@pytest.mark.parametrize(("moment", "is_good"), [(0, True), (300, True), (-300, True), (301, False), (-301, False)])
def test_a_signed_time_is_good_for_five_minutes(moment: int, is_good: bool) -> None:
    assert signing.is_fresh(str(int(NOW.timestamp()) + moment), now=NOW) is is_good


@pytest.mark.parametrize("moment", ["", "soon", "-1", "9" * 12, "9" * 13, "٣", "1e9"])
def test_a_time_that_is_none_is_not_fresh(moment: str) -> None:
    assert not signing.is_fresh(moment, now=NOW)


def test_what_a_report_means() -> None:
    assert twilio_report("undelivered", "30005").is_for_good
    assert not twilio_report("undelivered", "30003").is_for_good
    assert not twilio_report("delivered", "30005").is_for_good
    assert keyed_report("failed", "", is_permanent=True).is_for_good
    assert not keyed_report("delivered", "", is_permanent=True).is_for_good
