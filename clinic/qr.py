"""A QR code as inline SVG: drawn here, black on white, sized by its own units."""

from django.utils.safestring import SafeString, mark_safe


def qr_svg(text: str, *, scale: int = 4) -> SafeString:
    """The code of an address. Error correction M: paper gets creased and tablets get smeared."""
    import segno

    code = segno.make(text, error="m", micro=False)
    return mark_safe(code.svg_inline(scale=scale, svgclass="v-qr", border=3))  # noqa: S308
