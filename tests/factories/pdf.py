"""A small official-looking blank with text fields and boxes."""

from io import BytesIO

TEXTS = ("First Name", "Last Name", "DOB", "BP 40", "Outcome X")
BOXES = ("sedation_yes", "sedation_no", "Benzodiazepines No")


def blank_pdf(*, texts: tuple[str, ...] = TEXTS, boxes: tuple[str, ...] = BOXES) -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    out = BytesIO()
    page = Canvas(out, invariant=1)
    y = 780
    for name in texts:
        y -= 30
        page.drawString(40, y, name)
        page.acroForm.textfield(name=name, x=200, y=y, width=200, height=18)
    for name in boxes:
        y -= 30
        page.drawString(40, y, name)
        page.acroForm.checkbox(name=name, x=200, y=y)
    page.save()
    return out.getvalue()
