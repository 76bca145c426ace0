"""Reads a CSV of patients (docs/import.md) and names each fault by row and column; writes nothing."""

import csv
import io
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from patients.models.messaging import TextConsent
from patients.models.patient import WayHome
from patients.rules.names import folded_name, name_problem
from patients.rules.people import birth_problem

MOST_ROWS = 10_000
MOST_BYTES = 5 * 1024 * 1024
SEX = {"f": "female", "female": "female", "m": "male", "male": "male", "o": "other", "x": "other", "other": "other", "": "other"}
YES_NO = {"yes": True, "y": True, "true": True, "1": True, "no": False, "n": False, "false": False, "0": False, "": False}
LANGUAGE = {"en": "en", "english": "en", "es": "es", "spanish": "es", "español": "es", "": "en"}


class Bad(Exception):
    """A cell, or the whole file, can't be used; says why."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`row` counts as a spreadsheet does: the header is row 1. Row 0 is the file as a whole."""

    row: int
    column: str
    text: str


@dataclass
class Sheet:
    """`rows` are fields for `Patient`; they may be written only when `faults` is empty."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return bool(self.rows) and not self.faults


def words(text: str, limit: int) -> str:
    if len(text) > limit:
        raise Bad(f"Longer than {limit} characters.")
    if any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co") for character in text):
        raise Bad("Contains invisible characters.")
    return text


def required(text: str, limit: int) -> str:
    if not text:
        raise Bad("Is empty.")
    return words(text, limit)


def name(text: str, today: date) -> str:
    kept = required(text, 80)
    problem = name_problem(kept)
    if problem:
        raise Bad(problem)
    return kept


def birth_on(text: str, today: date) -> date:
    for shape in ("%Y-%m-%d", "%m/%d/%Y"):
        try:
            day = datetime.strptime(text, shape).date()  # noqa: DTZ007  a date has no zone
        except ValueError:
            continue
        problem = birth_problem(day, today)
        if problem:
            raise Bad(problem)
        return day
    raise Bad("Write the date as 1984-03-07 or 03/07/1984.")


def phone(text: str, today: date) -> str:
    if not text:
        return ""
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException as error:
        raise Bad("Is not a telephone number.") from error
    if not phonenumbers.is_valid_number(number):
        raise Bad("Is not a telephone number.")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def email(text: str, today: date) -> str:
    try:
        return (EmailValidator()(words(text, 254)) or text) if text else ""
    except ValidationError as error:
        raise Bad("Is not an e-mail address.") from error


def one_of(known: dict[str, Any]) -> Callable[[str, date], Any]:
    def read(text: str, today: date) -> Any:
        if text.casefold() not in known:
            raise Bad(f"Use one of: {', '.join(word for word in known if word)}.")
        return known[text.casefold()]

    return read


# column: (how a cell is read, other headings that mean it)
COLUMNS: dict[str, tuple[Callable[[str, date], Any], tuple[str, ...]]] = {
    "mrn": (lambda text, today: required(text, 40), ("medical record number", "chart number")),
    "last_name": (name, ("last name", "surname", "family name")),
    "first_name": (name, ("first name", "given name")),
    "middle_initial": (lambda text, today: words(text, 1), ("middle initial", "mi")),
    "birth_on": (birth_on, ("date of birth", "birth date", "dob")),
    "sex": (one_of(SEX), ("gender",)),
    "can_be_pregnant": (one_of(YES_NO), ("can be pregnant",)),
    "phone": (phone, ("telephone", "mobile")),
    "email": (email, ("e-mail", "mail")),
    "may_email": (one_of(YES_NO), ("agreed to e-mails",)),
    "text_consent": (one_of({"": "none", **{answer: answer for answer in TextConsent.values}}), ("texts", "agreed to texts")),
    "address": (lambda text, today: words(text, 300), ()),
    "language": (one_of(LANGUAGE), ()),
    "usual_way_home": (one_of({"": "", **{way: way for way in WayHome.values}}), ("way home",)),
}
# What a cell holds, for the page; docs/import.md says the same.
HOLDS = {
    "mrn": "your own record number, once per site",
    "last_name": "up to 80 characters",
    "first_name": "up to 80 characters",
    "middle_initial": "one letter",
    "birth_on": "1984-03-07 or 03/07/1984 (month first)",
    "sex": "female, male or other; or f, m, o",
    "can_be_pregnant": "yes or no: whether pregnancy is asked about",
    "phone": "with area code; other countries with +",
    "email": "one address",
    "may_email": "yes or no",
    "text_consent": f"{', '.join(TextConsent.values)}; empty: none",
    "address": "up to 300 characters",
    "language": "en or es",
    "usual_way_home": ", ".join(WayHome.values),
}
NEEDED = ("mrn", "last_name", "first_name", "birth_on", "sex")
MAY_BEGIN_WITH_PLUS = ("phone",)


def read_sheet(content: bytes, *, today: date, mrns: set[str], people: set[tuple[str, date]]) -> Sheet:
    """All good rows, and every fault. `mrns` and `people` (folded name, birth date) are those that the site has already."""
    try:
        table = table_of(content)
        columns = columns_of(table[0])
    except Bad as error:
        return Sheet(faults=[Fault(0, "", str(error))])
    sheet = Sheet()
    taken, known = set(mrns), set(people)
    for number, cells in enumerate(table[1:], start=2):
        if any(cell.strip() for cell in cells):
            read_row(sheet, number, cells, columns, today, taken, known)
    if not sheet.rows and not sheet.faults:
        sheet.faults.append(Fault(0, "", "There are no patients below the headings."))
    return sheet


def table_of(content: bytes) -> list[list[str]]:
    if len(content) > MOST_BYTES:
        raise Bad("The file is larger than 5 MB.")
    text = decoded(content)
    lines = text.splitlines()
    if not lines or not lines[0].strip():
        raise Bad("The file is empty, or its first line holds no headings.")
    delimiter = max(",;\t", key=lines[0].count)
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise Bad(f"This is not a clean CSV file ({error}). Save it again as CSV UTF-8.") from error
    if len(table) - 1 > MOST_ROWS:
        raise Bad(f"More than {MOST_ROWS:,} rows. Split the file.")
    return table


def decoded(content: bytes) -> str:
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Bad("The file is not in UTF-8. Save it as “CSV UTF-8”.") from error
    if "\x00" in text:
        raise Bad("This is not a CSV file.")
    return text


def columns_of(heading: list[str]) -> list[str]:
    meanings = {other: column for column, (_, others) in COLUMNS.items() for other in (column, column.replace("_", " "), *others)}
    found = [meanings.get(" ".join(cell.casefold().split()), "") for cell in heading]
    unknown = [cell.strip()[:40] or "(no heading)" for cell, column in zip(heading, found, strict=True) if not column]
    missing = [column for column in NEEDED if column not in found]
    double = [column for column in COLUMNS if found.count(column) > 1]
    if missing:
        raise Bad(f"Missing columns: {', '.join(missing)}.")
    if unknown:
        raise Bad(f"Unknown columns: {', '.join(unknown)}. Rename or remove them.")
    if double:
        raise Bad(f"Columns that come twice: {', '.join(double)}.")
    return found


def read_row(sheet: Sheet, number: int, cells: list[str], columns: list[str], today: date, taken: set[str], known: set[tuple[str, date]]) -> None:
    if len(cells) != len(columns):
        sheet.faults.append(Fault(number, "", f"Has {len(cells)} cells; the headings have {len(columns)}."))
        return
    values: dict[str, Any] = {}
    faults = list(read_cells(number, cells, columns, today, values))
    if values.get("mrn") in taken:
        faults.append(Fault(number, "mrn", "This MRN is already taken, here or in the file."))
    if not faults:
        plain_name = folded_name(values["last_name"], values["first_name"])
        values["name_folded"] = (
            folded_name(values["last_name"], values["first_name"], values["middle_initial"]) if values.get("middle_initial") else plain_name
        )
        person = (plain_name, values["birth_on"])
        if person in known:
            faults.append(Fault(number, "last_name", "A patient of this name and birth date is already here, or in the file."))
        known.add(person)
    taken.add(values.get("mrn", ""))
    sheet.faults.extend(faults)
    if not faults:
        sheet.rows.append(values)


def read_cells(number: int, cells: list[str], columns: list[str], today: date, values: dict[str, Any]) -> Iterator[Fault]:
    for column, cell in zip(columns, cells, strict=True):
        text = unicodedata.normalize("NFC", cell.strip())
        try:
            refuse_formula(column, text)
            values[column] = COLUMNS[column][0](text, today)
        except Bad as error:
            yield Fault(number, column, str(error))


def refuse_formula(column: str, text: str) -> None:
    """A cell that a spreadsheet would run is no name and no number."""
    begins = text[:1]
    if begins in ("=", "@") or (begins in ("+", "-") and column not in MAY_BEGIN_WITH_PLUS):
        raise Bad("Begins like a formula.")
