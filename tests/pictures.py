"""Files as people send them, made here: a photo with all that a phone puts beside it, a PDF, and other images."""

import io

from PIL import Image, PngImagePlugin

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
MAKE, ORIENTATION, GPS = 0x010F, 0x0112, 0x8825


def jpeg(size=(40, 20), *, orientation=1):
    """A photo as a phone takes it: with the place, the phone's make, a comment, and something behind its end."""
    image = Image.new("RGB", size, "white")
    image.putpixel((0, 0), (200, 0, 0))
    exif = Image.Exif()
    exif[MAKE], exif[ORIENTATION] = "Fabelphone", orientation
    exif.get_ifd(GPS)[1], exif.get_ifd(GPS)[2] = "N", (55.0, 42.0, 13.0)
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=b"taken at home", quality=95)
    return out.getvalue()


def png(**pixels):
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "Fabelmager")
    out = io.BytesIO()
    Image.new(pixels.pop("mode", "RGB"), pixels.pop("size", (8, 8))).save(out, "PNG", pnginfo=text)
    return out.getvalue()


def webp():
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "WEBP")
    return out.getvalue()
