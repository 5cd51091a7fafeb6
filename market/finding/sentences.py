"""What people write around the word they look for: particles, endings, requests."""

import re
from functools import lru_cache

_JOSA = "을 를 이 가 은 는 의 에 에서 에게 에는 으로 로 와 과 랑 이랑 하고 도 만 부터 까지 한테 께 로만 보다 처럼 마다"
_ENDINGS = "류 용 들 하기 할 하는 하면 해서 한 된 들 요 좀 이요 인데"
_TAILS = tuple(sorted((*_JOSA.split(), *_ENDINGS.split()), key=len, reverse=True))

FILLER = frozenset(
    """
    좀 꼭 더 잘 때 할 쓸 살 줄 될 수 것 거 곳 데 그 이 저 및 또 다 등 참 내 제 우리 저희 정도 같은 있는 하는
    사고 사려고 사요 살게요 살까 사는 싶어요 싶어 싶은데 싶습니다 싶은 얼마 얼마예요 얼마에요 얼마인가요 얼마죠
    가격 값 드릴 드리려고 드리고 드리는 보낼 보내려고 보내고 보내는 먹을 먹는 먹고 먹기 마실 만들 담글 할만한
    좋은 좋을 좋은거 맛있는 맛난 괜찮은 싼 저렴한 제일 가장 추천 추천해 추천해줘 추천해주세요 주세요 줘 줘요 부탁해요 부탁드려요
    있나요 있어요 있습니까 있을까요 팔아요 파나요 파는 팝니다 판매 구매 구입 주문 주문하고 배송 어디 어디서 어떤
    무슨 찾아요 찾는 찾고 원해요 필요해요 위한 위해 대한 관련 상품 특산물 엄마 아빠 어머니 아버지 어머님 아버님 할머니 할아버지 부모님 시댁 친정 친구 선생님
    시어머니 시아버지 시어머님 시아버님 시부모님 장모님 장인어른 이모 고모 삼촌 언니 오빠 누나 동생 형님 남편 아내 손주 손자 손녀
    아들 딸 어르신 지인 이웃 동료 회사 가기 가는 갈 가고 가볼 가볼만한 갈만한 놀러 해볼 끓일 넣을 넣어 무칠 구울 삶을 만드는 쓰는
    여기 지금 오늘 혹시 정말 진짜 하나 함께 마을 설 설날 추석 한가위 명절
    """.split()
)


def tokens(text: str) -> list[str]:
    """Words in the order written, in small letters, without punctuation."""
    return [word.lower() for word in re.findall(r"[^\W_]+", text)]


def asked_for(words: list[str]) -> list[str]:
    """The words without the talk around them; when everything is talk, everything."""
    return [word for word in words if not _is_talk(word)] or words


def is_all_talk(text: str) -> bool:
    """Nothing is asked for in it; nor in an empty one."""
    return all(_is_talk(word) for word in tokens(text))


def _is_talk(word: str) -> bool:
    """With its particles too (시어머니께, 친구랑); what is one syllable without them could be the end of a thing."""
    return word in FILLER or any(stem in FILLER for stem in stems(word) if len(stem) > 1)


@lru_cache(maxsize=20_000)  # texts repeat their words
def stems(word: str) -> tuple[str, ...]:
    """The word itself and what is left without one or two tails, the longest first: 아이랑 → 아이랑, 아이, 아."""
    found = {word}
    for _ in range(2):
        found |= {
            known.removesuffix(tail)
            for known in found
            if known.endswith(_TAILS)
            for tail in _TAILS
            if known.endswith(tail) and known != tail
        }
    return tuple(sorted(found, key=lambda stem: (-len(stem), stem)))
