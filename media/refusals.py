"""The ways a picture is turned away, each with a sentence for the person who sent it."""


class PictureRefused(Exception):
    """Not a picture we can keep. `sentence` says in Korean how to mend it; asking again will not help."""

    code = "picture-refused"
    sentence = "사진을 읽을 수 없습니다. 다른 사진으로 다시 올려 주세요."

    def __init__(self, sentence: str | None = None) -> None:
        self.sentence = sentence or self.sentence
        super().__init__(self.sentence)


class NotAPicture(PictureRefused):
    sentence = "JPEG, PNG, WebP 사진만 올릴 수 있습니다. 휴대전화로 찍은 사진을 그대로 올려 주세요."


class AppleOnlyPicture(PictureRefused):
    sentence = (
        "아이폰 전용(HEIC) 사진입니다. 아이폰 설정 → 카메라 → 포맷에서 '높은 호환성'을 고른 뒤 다시 찍거나, "
        "사진을 JPEG로 바꾸어 올려 주세요."
    )


class PictureTooHeavy(PictureRefused):
    sentence = "사진은 한 장에 15MB까지 올릴 수 있습니다. 더 작은 사진으로 올려 주세요."


class PictureTooLarge(PictureRefused):
    sentence = "사진의 가로세로가 너무 큽니다. 4천만 화소 아래로 줄여서 올려 주세요."


class PictureBroken(PictureRefused):
    sentence = "사진 파일이 깨졌거나 끝까지 전송되지 않았습니다. 다시 올려 주세요."


class PictureTooSlow(PictureRefused):
    sentence = "사진을 여는 데 너무 오래 걸려 멈췄습니다. 화면을 갈무리하거나 다른 사진으로 올려 주세요."


class CaptionTooLong(PictureRefused):
    sentence = "사진 설명은 300자까지 쓸 수 있습니다. 조금 줄여 주세요."


class StorageFull(Exception):
    """No room for another file. Selling goes on; only uploads wait."""

    code = "storage-full"
    sentence = (
        "사진을 둘 자리가 모자라 지금은 올릴 수 없습니다. 적으신 내용은 그대로이니 잠시 뒤 다시 올려 주세요."
    )

    def __init__(self) -> None:
        super().__init__(self.sentence)
