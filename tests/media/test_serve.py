"""Pictures are shown with a fixed type, for ever, and nothing else is shown."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from media.serve import picture
from media.storage import FolderStorage, file_name

HASH = "ab" + "0" * 61 + "d"


@pytest.fixture
def shop(tmp_path: Path) -> TestClient:
    app = Starlette(routes=[Route("/media/{shard}/{name}", picture)])
    app.state.storage = FolderStorage(tmp_path)
    app.state.storage.put(file_name(HASH, 640), b"webp")
    (tmp_path / "ab" / "secret.txt").write_text("secret")
    return TestClient(app)


def test_a_kept_picture_is_shown_and_may_be_remembered(shop: TestClient):
    answer = shop.get(f"/media/ab/{HASH}-640.webp")

    assert (answer.status_code, answer.content) == (200, b"webp")
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["etag"] == f'"{HASH}-640"'


def test_a_picture_already_seen_is_not_sent_again(shop: TestClient):
    answer = shop.get(f"/media/ab/{HASH}-640.webp", headers={"If-None-Match": f'W/"{HASH}-640"'})

    assert (answer.status_code, answer.content) == (304, b"")


def test_head_tells_the_length_without_the_picture(shop: TestClient):
    answer = shop.head(f"/media/ab/{HASH}-640.webp")

    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", "4")


@pytest.mark.parametrize(
    "path",
    [
        f"ab/{HASH}-320.webp",
        f"cd/{HASH}-640.webp",
        "ab/secret.txt",
        "ab/..%2fsecret.txt",
        "..%2f/secret.txt",
        f"ab/{HASH}-640.webp%0a",
        f"ab/{HASH}-640.webp%00",
        f"ab/{HASH}-６４０.webp",
    ],
)
def test_anything_else_is_not_found(shop: TestClient, path: str):
    assert shop.get(f"/media/{path}").status_code == 404
