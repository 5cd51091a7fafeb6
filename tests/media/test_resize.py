"""What a picture looks like after it is prepared, and which pictures are refused."""

import struct
import zlib
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from media.refusals import (
    AppleOnlyPicture,
    NotAPicture,
    PictureBroken,
    PictureRefused,
    PictureTooHeavy,
    PictureTooLarge,
)
from media.resize import PreparedPicture, prepare, widths_for
from tests.media.pictures import a_photo, a_scene, telephone_exif


def opened(prepared: PreparedPicture, width: int | None = None) -> Image.Image:
    body = prepared.variants[width or max(prepared.variants)]
    return Image.open(BytesIO(body))


def colour_at(picture: Image.Image, x: float, y: float) -> str:
    pixel = picture.convert("RGB").getpixel((int(picture.width * x), int(picture.height * y)))
    assert isinstance(pixel, tuple)
    red, _, blue = pixel
    return "red" if red > blue else "blue"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_becomes_webp_in_every_width_it_can_fill(form: str):
    prepared = prepare(a_photo(1000, 750, form=form))

    assert (prepared.w, prepared.h) == (1000, 750)
    assert list(prepared.variants) == [320, 640, 960]
    for width in prepared.variants:
        picture = opened(prepared, width)
        assert (picture.format, picture.width, picture.height) == ("WEBP", width, width * 3 // 4)


@pytest.mark.parametrize(
    ("w", "widths"),
    [(1, [1]), (200, [200]), (320, [320]), (959, [320, 640]), (1600, [320, 640, 960, 1600])],
)
def test_there_is_always_a_width_and_none_wider_than_the_picture(w: int, widths: list[int]):
    assert widths_for(w) == widths
    assert list(prepare(a_photo(w, 10)).variants) == widths


@pytest.mark.parametrize(("w", "h", "kept"), [(4000, 3000, (1600, 1200)), (1500, 3000, (800, 1600))])
def test_the_longest_side_is_1600(w: int, h: int, kept: tuple[int, int]):
    prepared = prepare(a_photo(w, h))

    assert (prepared.w, prepared.h) == kept


def test_a_sliver_keeps_at_least_one_pixel_of_height():
    prepared = prepare(a_photo(5000, 1))

    assert (prepared.w, prepared.h) == (1600, 1)


def test_the_same_pixels_have_the_same_hash_whoever_sent_them():
    plain, signed = a_photo(form="PNG"), a_photo(form="PNG", exif=telephone_exif())

    assert plain != signed
    assert prepare(plain).hash == prepare(signed).hash
    assert prepare(plain).hash != prepare(a_photo(801, 600, form="PNG")).hash


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_place_owner_and_telephone_are_forgotten(form: str):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>KIM-YEONGSUK</x:xmpmeta>"
    body = a_photo(form=form, exif=telephone_exif(), icc_profile=profile, xmp=xmp)
    assert b"TELEPHONE" in body

    prepared = prepare(body)

    for width, file in prepared.variants.items():
        picture = opened(prepared, width)
        assert not picture.getexif()
        assert "icc_profile" not in picture.info
        assert "xmp" not in picture.info
        assert b"TELEPHONE" not in file
        assert b"KIM-YEONGSUK" not in file


def test_words_hidden_in_a_png_are_forgotten():
    chunk = b"tEXt" + b"Comment\0KIM-YEONGSUK"
    png = a_photo(form="PNG")
    body = png[:33] + struct.pack(">I", 20) + chunk + struct.pack(">I", zlib.crc32(chunk)) + png[33:]

    prepared = prepare(body)

    assert all(b"KIM-YEONGSUK" not in file for file in prepared.variants.values())


def test_a_photo_taken_sideways_stands_upright():
    prepared = prepare(a_photo(900, 600, exif=telephone_exif(orientation=6)))

    assert (prepared.w, prepared.h) == (600, 900)
    assert colour_at(opened(prepared), 0.75, 0.25) == "red"
    assert colour_at(opened(prepared), 0.25, 0.25) == "blue"


def test_see_through_parts_become_white_paper():
    out = BytesIO()
    Image.new("RGBA", (400, 300), (0, 0, 0, 0)).save(out, "PNG")

    picture = opened(prepare(out.getvalue()))

    assert picture.mode == "RGB"
    assert picture.getpixel((200, 150)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("mode", "form"), [("L", "PNG"), ("P", "PNG"), ("1", "PNG"), ("LA", "PNG"), ("CMYK", "JPEG")]
)
def test_unusual_pixels_are_read(mode: str, form: str):
    assert prepare(a_photo(form=form, mode=mode)).w == 800


def test_sixteen_bit_grey_keeps_its_middle():
    out = BytesIO()
    Image.new("I;16", (64, 64), 0x8000).save(out, "PNG")

    pixel = opened(prepare(out.getvalue())).getpixel((32, 32))

    assert isinstance(pixel, tuple)
    assert 120 <= pixel[0] <= 136


def test_a_broken_colour_profile_does_not_spoil_the_picture():
    body = a_photo(form="PNG", icc_profile=b"not a profile at all")

    assert colour_at(opened(prepare(body)), 0.25, 0.25) == "red"


def test_only_the_first_moment_of_an_animation_is_kept():
    out = BytesIO()
    frames = [Image.new("RGB", (400, 300), colour) for colour in ("red", "blue")]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], duration=50)

    picture = opened(prepare(out.getvalue()))

    assert not getattr(picture, "is_animated", False)
    assert colour_at(picture, 0.5, 0.5) == "red"


def test_what_hides_behind_a_picture_is_left_behind():
    body = a_photo() + b"PK\x03\x04 <script>alert(1)</script> <?php system($_GET['c']); ?>"

    prepared = prepare(body)

    assert all(b"<script>" not in file and b"<?php" not in file for file in prepared.variants.values())


SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(SVG, id="svg"),
        pytest.param(b"<?xml version='1.0'?>" + SVG, id="svg with a prologue"),
        pytest.param(b"<!doctype html><script>alert(1)</script>", id="html"),
        pytest.param(b"%PDF-1.7 " + bytes(2000), id="pdf"),
        pytest.param(b"GIF89a" + SVG, id="gif in front of svg"),
        pytest.param(a_photo(form="GIF"), id="gif"),
        pytest.param(a_photo(form="BMP"), id="bmp"),
        pytest.param(a_photo(form="TIFF"), id="tiff"),
        pytest.param(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", id="postscript"),
    ],
)
def test_what_is_not_a_photograph_is_refused(body: bytes):
    with pytest.raises(NotAPicture):
        prepare(body)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_half_a_photograph_is_refused(form: str):
    body = a_photo(form=form)

    with pytest.raises(PictureBroken):
        prepare(body[: len(body) // 2])


def test_a_telephone_that_saves_heic_is_told_what_to_do():
    with pytest.raises(AppleOnlyPicture, match="높은 호환성"):
        prepare(b"\0\0\0\x18ftypheic" + bytes(3000))


def test_more_than_15_megabytes_are_refused():
    with pytest.raises(PictureTooHeavy):
        prepare(a_photo() + bytes(15 * 1024 * 1024))


@pytest.mark.parametrize(("w", "h"), [(6400, 6400), (20_000, 20_000), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_refused_before_it_is_unpacked(w: int, h: int):
    ihdr = b"IHDR" + struct.pack(">IIBBBBB", w, h, 8, 2, 0, 0, 0)
    idat = b"IDAT" + zlib.compress(bytes(3000))
    chunks = [
        struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in (ihdr, idat, b"IEND")
    ]

    with pytest.raises(PictureTooLarge):
        prepare(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))


def test_the_largest_allowed_picture_is_taken():
    prepared = prepare(a_photo(8000, 5000))

    assert (prepared.w, prepared.h) == (1600, 1000)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 600), st.sampled_from(["JPEG", "PNG", "WEBP"]))
def test_any_bytes_are_prepared_or_refused(noise: bytes, at: int, form: str):
    body = bytearray(a_photo(64, 48, form=form))
    body[at : at + len(noise)] = noise

    with suppress(PictureRefused):
        assert prepare(bytes(body)).variants


def test_the_scene_used_here_tells_up_from_down():
    assert colour_at(a_scene(80, 60), 0.1, 0.1) == "red"
    assert colour_at(a_scene(80, 60), 0.9, 0.9) == "blue"
