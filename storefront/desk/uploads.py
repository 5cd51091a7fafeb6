"""Photos that come with a form: kept at once, so that a mistake elsewhere in the form does not lose them."""

from dataclasses import dataclass, field

from starlette.datastructures import UploadFile
from starlette.requests import Request

from media.images import ALT_LENGTH, Picture, keep_picture
from media.refusals import PictureRefused
from media.resize import MAX_BYTES
from storefront.web import form_of, services, text_of, visit_of

MOST = 10


@dataclass
class Uploaded:
    """Pictures kept so far (also from an earlier try) and the sentences about those turned away."""

    pictures: list[Picture] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def ids(self) -> list[int]:
        return [picture.id for picture in self.pictures]


async def keep_uploads(request: Request, *, words: str) -> Uploaded:
    """Keep what the form brought. `words` tell what is seen; several get a number each. Never inside a transaction."""
    uploaded = Uploaded(await _kept_before(request))
    sent = [file for file in form_of(request).getlist("photos") if isinstance(file, UploadFile)]
    files = [file for file in sent if file.size]
    for number, file in enumerate(files[:MOST], start=1):
        # Never read more than may be kept, however long the file is.
        body = await file.read(MAX_BYTES + 1)
        alt = f"{words} {number}" if len(files) > 1 else words
        try:
            picture = await keep_picture(body, alt=alt[-ALT_LENGTH:], storage=services(request).storage)
        except PictureRefused as refusal:
            uploaded.refused.append(refusal.sentence)
        else:
            if picture.id not in uploaded.ids:
                uploaded.pictures.append(picture)
    for file in sent:
        await file.close()
    return uploaded


def sealed_pictures(request: Request, uploaded: Uploaded) -> str:
    """For a hidden field: only pictures that this form brought itself come back through it."""
    return visit_of(request).jar.seal("photos", uploaded.ids)


async def _kept_before(request: Request) -> list[Picture]:
    ids = visit_of(request).jar.open("photos", text_of(form_of(request), "kept_photos", most=2000))
    if not isinstance(ids, list):
        return []
    found = {picture.id: picture for picture in await Picture.filter(id__in=ids)}
    return [found[each] for each in ids if each in found]
