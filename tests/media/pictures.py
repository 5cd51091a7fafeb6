"""Photographs for the tests, good and bad."""

from io import BytesIO

from PIL import Image

GPS_IFD, MAKE, ORIENTATION, ARTIST = 0x8825, 0x010F, 0x0112, 0x013B


def a_photo(w: int = 800, h: int = 600, *, form: str = "JPEG", mode: str = "RGB", **saving: object) -> bytes:
    out = BytesIO()
    a_scene(w, h).convert(mode).save(out, form, **saving)
    return out.getvalue()


def a_scene(w: int, h: int) -> Image.Image:
    """Red in the upper left quarter, blue elsewhere: shows which way up it is."""
    scene = Image.new("RGB", (w, h), (20, 40, 200))
    scene.paste((220, 30, 30), (0, 0, w // 2, h // 2))
    return scene


def telephone_exif(*, orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[MAKE], exif[ARTIST], exif[ORIENTATION] = "TELEPHONE", "KIM-YEONGSUK", orientation
    exif.get_ifd(GPS_IFD).update({1: "N", 2: (35.0, 34.0, 12.0), 3: "E", 4: (126.0, 51.0, 20.0)})
    return exif


def many_scans(count: int = 3000) -> bytes:
    """A small progressive JPEG that repeats its last scan: seconds of decoding for a few kilobytes."""
    out = BytesIO()
    Image.new("L", (6000, 6000), 90).save(out, "JPEG", progressive=True)
    body = out.getvalue()
    last_scan = body[body.rindex(b"\xff\xda") : -2]
    return body[:-2] + last_scan * count + b"\xff\xd9"
