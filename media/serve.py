"""Shows kept pictures: GET /media/{shard}/{name}. The storage stands in `app.state.storage`."""

import asyncio

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from media.storage import NAME, Storage

# A file never changes under its name, and whatever it holds it may only ever be an image.
HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}


async def picture(request: Request) -> Response:
    storage: Storage = request.app.state.storage
    name = f"{request.path_params['shard']}/{request.path_params['name']}"
    if not NAME.fullmatch(name):
        raise HTTPException(404)
    headers = {**HEADERS, "ETag": f'"{name[3:-5]}"'}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    try:
        body = await asyncio.to_thread(storage.read, name)
    except FileNotFoundError:
        raise HTTPException(404) from None
    return Response(body, media_type="image/webp", headers=headers)
