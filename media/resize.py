"""One photograph in, a few clean WebP files out. Pure: no disk, no network, no database."""

import hashlib
import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageCms, ImageOps

from media.refusals import (
    AppleOnlyPicture,
    NotAPicture,
    PictureBroken,
    PictureRefused,
    PictureTooHeavy,
    PictureTooLarge,
)

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_BYTES = 15 * 1024 * 1024
MAX_PIXELS = 40_000_000
LONGEST_SIDE = 1600
WIDTHS = (320, 640, 960, 1600)


@dataclass(frozen=True)
class PreparedPicture:
    """A picture ready to be kept: `variants` maps a width in pixels to WebP bytes."""

    hash: str
    w: int
    h: int
    variants: dict[int, bytes]


def prepare(body: bytes) -> PreparedPicture:
    """Decode, turn upright, flatten and re-encode; nothing of the sender's file but its pixels is left.

    Two files with the same pixels get the same hash. Raises PictureRefused. A hostile file can make the
    decoder slow: bytes from outside go through `media.darkroom`, which can be stopped.
    """
    _weigh(body)
    original = _normalised(body)
    variants = {width: _webp(_narrowed(original, width)) for width in widths_for(original.width)}
    size = b"%dx%d " % original.size
    return PreparedPicture(
        hashlib.sha256(size + original.tobytes()).hexdigest(), original.width, original.height, variants
    )


def widths_for(w: int) -> list[int]:
    """The widths kept for a picture `w` pixels wide; never wider than it is, never none."""
    return [width for width in WIDTHS if width <= w] or [w]


def _weigh(body: bytes) -> None:
    if len(body) > MAX_BYTES:
        raise PictureTooHeavy
    if body[4:8] == b"ftyp" and body[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"hevc"):
        raise AppleOnlyPicture


def _normalised(body: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _upright_on_white(body)
    except PictureRefused:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise PictureTooLarge from error
    except Image.UnidentifiedImageError as error:
        raise NotAPicture from error
    except Exception as error:
        # Pillow's parsers answer broken bytes with almost any exception; all of them mean the same to us.
        raise PictureBroken from error


def _upright_on_white(body: bytes) -> Image.Image:
    with Image.open(BytesIO(body), formats=FORMATS) as image:
        if image.width * image.height > MAX_PIXELS:
            raise PictureTooLarge
        # A JPEG can be decoded at a half or a quarter of its size, which saves most of the work.
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        image.seek(0)
        image.load()
        profile = image.info.get("icc_profile")
        turned = ImageOps.exif_transpose(image)
        shrunk = _shrunk(_plain_mode(turned))
    return _in_srgb(_flattened(shrunk), profile)


def _plain_mode(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        # 16-bit grey: convert() alone would clip everything above 255 to white.
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image.convert("RGB")


def _shrunk(image: Image.Image) -> Image.Image:
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return image


def _flattened(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    paper = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(paper, image).convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Telephones save in wider colour spaces; without their profile the colours would go pale."""
    if not profile:
        return image
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, source, target, outputMode="RGB") or image
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        # A profile for other channels (CMYK) or a broken one: the plain pixels are good enough.
        return image


def _narrowed(image: Image.Image, width: int) -> Image.Image:
    if width == image.width:
        return image
    height = max(1, round(image.height * width / image.width))
    return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _webp(image: Image.Image) -> bytes:
    out = BytesIO()
    # Empty on purpose: Pillow would otherwise carry over what the source picture had in `info`.
    image.save(out, "WEBP", quality=80, method=4, exif=b"", icc_profile=b"", xmp=b"")
    return out.getvalue()
