"""What else a thing is called: synonyms, dialect, other languages, Chinese characters.

Open-ended: a word belongs here when people say it and listings do not. Spelling errors are not listed, they are
found by their letters. What a city adds comes from `synonyms`.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MOST_REACHED = 20  # words that one leads to, before it is followed no farther

# Words for the same thing; each finds all others of its line.
_SAME = """
계란 달걀 유정란 란
옥수수 강냉이 강내이 옥시기
부추 정구지 솔 졸 소풀
마늘 마농
무 무시 무우
고추 꼬추 고치
참기름 참지름
들기름 들지름
곶감 건시 감말랭이
반건시 반시
홍시 연시 대봉감 대봉 대봉시
감자 하지감자 지실 감재
고구마 감저 물감자
서리태 검은콩 검정콩 흑태 속청
메주콩 백태 노란콩 대두 흰콩
흑미 검정쌀 검은쌀 흑진주
흑임자 검은깨 검정깨
매실청 매실액 매실액기스 매실엑기스 매실원액
원액 진액 엑기스 액기스
미숫가루 선식 미싯가루
시래기 무청 우거지
민박 숙박 펜션 숙소 잠자리
복분자 산딸기 복분자딸기
수확 캐기 따기 줍기 수확체험
체험 프로그램 체험학습 현장학습
염색 물들이기
쌀 백미 햅쌀 멥쌀
현미 매조미쌀
찹쌀 찰쌀
한과 강정 과줄 유과 약과
물엿 조청
멜론 참외멜론
송편 모시떡
인절미 떡메치기
토란 토란대
도라지 길경
더덕 사삼
생강 새앙 시앙
청양고추 땡초 매운고추
쪽파 실파
벌꿀 꿀 봉밀 토종꿀
표고버섯 표고 화고
장아찌 지
김치 배추김치 짐치 포기김치
된장 토장
간장 조선간장 국간장 지렁
고사리 고비
두부 두부체험
쌍화차 쌍화탕
가래떡 떡국떡 떡가래
승마 말타기
"""

# A wider word → what belongs to it; not the other way round.
_NARROWER = {
    "잡곡": "흑미 보리쌀 보리 귀리 쌀귀리 서리태 팥 메주콩 콩 조 수수 기장 율무 현미",
    "곡물": "쌀 찹쌀 현미 흑미 보리쌀 귀리 팥 서리태",
    "콩": "서리태 메주콩 백태 흑태 강낭콩 쥐눈이콩",
    "파": "쪽파 대파 실파 움파",
    "명절": "추석 설 설날 한가위 선물세트 선물",
    "추석": "한가위 명절 송편",
    "설": "설날 명절 가래떡",
    "선물": "선물세트",
    "선물세트": "선물",
    "김장": "절임배추 고춧가루 김장",
    "과일": "사과 배 감 포도 딸기 수박 복숭아 자두 블루베리",
    "나물": "고사리 취나물 시래기",
    "기름": "참기름 들기름",
    "장": "된장 고추장 간장 청국장",
    "장류": "된장 고추장 간장 청국장",
    "주스": "즙 원액",
    "음료": "즙 원액 주스",
    "즙": "사과즙 배즙 오디즙",
    "원액": "즙",
    "가을": "단풍차 구절초차 햅쌀",
    "봄나물": "취나물 고사리",
    "어린이": "체험",
    "아이": "체험",
    "애들": "체험",
    "가족": "체험 민박",
    "유아": "체험",
    "여행": "민박 체험",
    "건강": "쌍화차 도라지 더덕",
    "한방": "쌍화차",
    "전통차": "쌍화차 단풍차 구절초차 뽕잎차",
    "고춧가루": "고추가루",
}

_FOREIGN = {
    "apple": "사과",
    "pear": "배",
    "persimmon": "곶감 단감 대봉감",
    "grape": "포도 샤인머스캣",
    "strawberry": "딸기",
    "watermelon": "수박",
    "melon": "멜론",
    "plum": "자두 매실",
    "peach": "복숭아",
    "blueberry": "블루베리",
    "mulberry": "오디",
    "raspberry": "복분자",
    "rice": "쌀",
    "bean": "콩",
    "beans": "콩",
    "sesame": "참깨 참기름",
    "corn": "옥수수",
    "potato": "감자",
    "garlic": "마늘",
    "onion": "양파",
    "cabbage": "배추",
    "radish": "무",
    "ginger": "생강",
    "pepper": "고추",
    "chili": "고추 고춧가루",
    "mushroom": "버섯",
    "tomato": "토마토",
    "honey": "꿀 벌꿀",
    "tea": "차",
    "jam": "잼",
    "juice": "즙 원액",
    "oil": "기름 참기름 들기름",
    "egg": "유정란 계란",
    "eggs": "유정란 계란",
    "tofu": "두부",
    "kimchi": "김치",
    "gochujang": "고추장",
    "soy": "간장",
    "gift": "선물세트 선물",
    "organic": "유기농",
    "farm": "체험",
    "experience": "체험",
    "stay": "민박 숙박",
    "homestay": "민박",
    "horse": "승마",
    "soap": "비누",
    "sweetpotato": "고구마",
    "sweetpotatoes": "고구마",
    "driedpersimmon": "곶감 반건시",
    "cherrytomato": "방울토마토",
    "shinemuscat": "샤인머스캣",
    "blackbean": "서리태",
    "redbean": "팥",
    "soybean": "콩 메주콩",
    "blackrice": "흑미",
    "brownrice": "현미",
    "stickyrice": "찹쌀",
    "barley": "보리 보리쌀",
    "oats": "귀리",
    "perilla": "들깨 들기름",
    "chives": "부추",
    "scallion": "쪽파 대파",
    "springonion": "쪽파 대파",
    "shiitake": "표고버섯",
    "bellflower": "도라지",
    "sesameoil": "참기름",
    "perillaoil": "들기름",
    "soysauce": "간장",
    "soybeanpaste": "된장",
    "redpepperpaste": "고추장",
    "redpepperpowder": "고춧가루",
    "chilipowder": "고춧가루",
    "ricecake": "떡",
    "りんご": "사과",
    "リンゴ": "사과",
    "キムチ": "김치",
    "はちみつ": "꿀 벌꿀",
    "いちご": "딸기",
    "苹果": "사과",
    "泡菜": "김치",
    "草莓": "딸기",
    "米": "쌀",
    "白米": "쌀",
    "柿": "감 곶감 단감",
    "茶": "차",
    "豆": "콩",
    "梨": "배",
    "蜜": "꿀",
    "卵": "유정란",
    "葱": "쪽파",
}

# Readings, sign by sign: 丹楓茶 → 단풍차. Enough for places, crops and dishes.
_READINGS = (
    "內내 内내 藏장 山산 丹단 楓풍 茶차 覆복 盆분 子자 韓한 菓과 黑흑 黒흑 米미 白백 玄현 糯나 麥맥 麦맥 豆두 太태 大대 "
    "小소 紅홍 赤적 靑청 青청 黃황 黄황 綠녹 緑녹 梅매 實실 実실 柿시 乾건 干간 甘감 梨이 桃도 李이 栗율 棗조 葡포 萄도 "
    "蜂봉 蜜밀 蜂봉 人인 蔘삼 参삼 雙쌍 双쌍 和화 湯탕 汤탕 生생 薑강 姜강 桔길 梗경 沙사 參삼 九구 節절 节절 草초 花화 "
    "桑상 葉엽 叶엽 油유 醬장 酱장 淸청 清청 麴국 麹국 餠병 餅병 松송 松송 茸용 菌균 菇고 蔬소 菜채 果과 物물 特특 産산 产산 "
    "井정 邑읍 玉옥 湖호 井정 淨정 净정 村촌 里리 體체 体체 驗험 験험 验험 民민 泊박 宿숙 馬마 乘승 染염 色색 天천 然연 "
    "有유 機기 机기 農농 农농 無무 无무 藥약 药약 抗항 秋추 夕석 名명 膳선 贈증 禮예 礼예 品품 雞계 鷄계 鶏계 卵란 牛우 "
    "豚돈 肉육 海해 苔태 胡호 麻마 荏임 芝지 高고 麗려 全전 北북 州주 道도 市시 古고 阜부 太태 仁인 泰태 古고"
)
HANJA = {pair[0]: pair[1] for pair in _READINGS.split()}

# What ends in the name of another thing and is none of it: an onion is no 파.
_NO_KINDS_OF = {
    word: tuple(others.split())
    for word, others in {
        "파": "양파", "장": "김장 포장 농장", "콩": "땅콩", "마": "고구마 다시마 승마", "나리": "미나리",
    }.items()
}  # fmt: skip

# Known things that a village may simply not sell: never "corrected" into something that sounds alike.
WARES = frozenset(
    """
    오이 호박 단호박 애호박 당근 참외 포도 감귤 귤 오렌지 바나나 키위 앵두 살구 체리 무화과 석류 모과 유자 레몬 호두 잣
    땅콩 은행 밤 대추 상추 깻잎 시금치 쑥갓 미나리 아욱 근대 열무 알타리 총각무 콩나물 숙주 가지 피망 파프리카 브로콜리
    양배추 양상추 셀러리 아스파라거스 우엉 연근 토란 마 비트 콜라비 대파 쑥 냉이 달래 두릅 참나물 곤드레 김 미역 다시마
    멸치 오징어 굴비 갈치 고등어 새우 전복 굴 꼬막 한우 소고기 쇠고기 돼지고기 닭고기 오리 우유 치즈 막걸리 소주 식혜
    수정과 인삼 홍삼 오미자 구기자 당귀 황기 율무 수수 기장 녹두 강낭콩 완두콩 국수 두유 묵 도토리묵 젓갈 식초 빵 쿠키 과자
    감자 고구마 사과 배 감 무 파 콩 차 꿀 떡 쌀 팥 깨 잼 즙 청 환 엿 죽 술 참기름 들기름 고추장 간장 된장 김치
    """.split()
)


def _together() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for line in _SAME.split("\n"):
        for word in line.split():
            found.setdefault(word, []).extend(other for other in line.split() if other != word)
    for table in (_NARROWER, _FOREIGN):
        for word, others in table.items():
            found.setdefault(word, []).extend(others.split())
    return {word: tuple(dict.fromkeys(others)) for word, others in found.items()}


@dataclass(frozen=True, eq=False)
class Lexicon:
    """A word → what else to look for. The words are in small letters and without spaces."""

    meanings: Mapping[str, tuple[str, ...]]

    def also_called(self, word: str) -> tuple[str, ...]:
        return self.meanings.get(word, ())

    def knows(self, word: str) -> bool:
        return word in self.meanings

    def with_synonyms(self, pairs: Iterable[tuple[str, str]]) -> "Lexicon":
        """With these too: who looks for the first of a pair finds what the second finds.

        Its other names are included, those of these pairs as well.
        """
        meant: dict[str, list[str]] = {}
        for word, means in pairs:
            meant.setdefault(word, []).append(means)
        meanings = dict(self.meanings)
        for word in meant:
            names = [*self.also_called(word)]
            for means in _reached(word, meant):
                names += [means, *self.also_called(means)]
            meanings[word] = tuple(dict.fromkeys(name for name in names if name != word))
        return Lexicon(meanings)


def _reached(word: str, meant: Mapping[str, Iterable[str]]) -> list[str]:
    """From pair to pair (참다래 → 키위 → 양다래), the nearest first; pairs may go in a circle."""
    reached = dict.fromkeys(meant[word])
    todo = deque(reached)
    while todo and len(reached) < MOST_REACHED:
        for means in meant.get(todo.popleft(), ()):
            if means not in reached and means != word:
                reached[means] = None
                todo.append(means)
    return list(reached)


SHIPPED = Lexicon(_together())
_THINGS = WARES.union(SHIPPED.meanings, *SHIPPED.meanings.values())
SAME_THINGS = tuple(tuple(line.split()) for line in _SAME.strip().split("\n"))
"""The lines of the shipped lexicon, to be read."""


def is_kind(name: str, word: str) -> bool:
    """Whether a name that ends in a word is a kind of it: 신고배 is a 배.

    A syllable that is no thing of its own may be the end of one that is: 물 of 건취나물, 추 of 절임배추.
    """
    if len(word) == 1 and word not in _THINGS:
        return not any(name[at:] in _THINGS for at in range(len(name) - 1))
    return not name.endswith(_NO_KINDS_OF.get(word, ()))


def read_hanja(text: str) -> str:
    """Chinese characters as they are read in Korean; unknown ones stay."""
    return "".join(HANJA.get(sign, sign) for sign in text)
