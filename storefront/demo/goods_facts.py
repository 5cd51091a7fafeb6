"""What the catalogue's sheet does not say of its goods: address, season, keeping, ingredients, how much is bought."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Facts:
    """`liked` and `gift` weigh how often it is bought every day and before the holidays; `stock` is what is left."""

    slug: str
    keep: str
    liked: int
    gift: int = 0
    months: tuple[int, ...] = ()  # empty: all year
    stock: int = 80
    fresh: bool = False
    cold: bool = False
    made_of: str = ""
    food: str = ""
    packs: tuple[tuple[int, int], ...] = ()  # (how many together, won)
    allergens: str = ""

    def left_in(self, month: int) -> int:
        """Soft fruit and the like is gone with its short season; everything else keeps."""
        is_gone = self.fresh and 0 < len(self.months) <= 3 and month not in self.months
        return 0 if is_gone else self.stock


KEEPING = {
    "cool": "서늘하고 바람이 통하는 곳에 두세요",
    "fridge": "받으신 뒤 바로 냉장(0~5℃) 보관하세요",
    "frozen": "영하 18℃ 이하에서 냉동 보관하세요",
    "dry": "습기와 햇빛을 피해 밀봉해 두세요",
    "room": "직사광선을 피해 실온에 두고, 연 뒤에는 냉장 보관하세요",
}


def _months(first: int, last: int) -> tuple[int, ...]:
    count = (last - first) % 12 + 1
    return tuple((first - 1 + step) % 12 + 1 for step in range(count))


FACTS: dict[str, Facts] = {
    "P001": Facts("danpung-cha-50g", "dry", 7, 1, made_of="단풍잎 100%(국산)", food="침출차"),
    "P002": Facts("kkul-sagwa-5kg", "cool", 9, 9, _months(9, 3), 120, packs=((2, 66000), (4, 128000))),
    "P003": Facts("motnani-sagwa-10kg", "cool", 8, 1, _months(9, 2), 60),
    "P004": Facts("sagwa-jeup-50po", "room", 6, 6, stock=150, made_of="사과 100%(국산)", food="과채주스"),
    "P005": Facts("singo-bae-gift-7-5kg", "cool", 2, 9, _months(9, 2), 90),
    "P006": Facts("doraji-bae-jeup-30po", "room", 6, 5, stock=140, made_of="배 90%, 도라지 10%(국산)", food="과채주스"),
    "P007": Facts("naengdong-bokbunja-2kg", "frozen", 3, 3, stock=70, cold=True),
    "P008": Facts("bokbunja-woneak-2byeong", "room", 4, 6, stock=60, made_of="복분자 100%(국산)", food="과채음료"),
    "P009": Facts("bokbunja-jam-300g", "room", 7, 1, stock=90, made_of="복분자 60%(국산), 설탕", food="잼"),
    "P010": Facts("odi-jeup-30po", "room", 4, 12, stock=100, made_of="오디 100%(국산)", food="과채주스"),
    "P011": Facts("yuginong-blueberry-1kg", "fridge", 9, 0, (6, 7), 60, fresh=True, cold=True),
    "P012": Facts("gotgam-gift-40gu", "frozen", 2, 24, _months(11, 2), 64, cold=True, packs=((2, 94000),)),
    "P013": Facts("banggeonsi-30gu", "frozen", 3, 14, _months(11, 3), 50, cold=True),
    "P014": Facts("dangam-5kg", "cool", 7, 1, (10, 11, 12), 45),
    "P015": Facts("daebong-gam-10kg", "cool", 10, 3, (10, 11, 12), 38, packs=((2, 58000),)),
    "P016": Facts("cheong-maesil-5kg", "fridge", 12, 0, (6,), 60, fresh=True, packs=((2, 38000), (4, 74000))),
    "P017": Facts("maesil-cheong-1l", "room", 5, 1, made_of="매실 50%(국산), 설탕", food="당절임"),
    "P018": Facts("seolhyang-ttalgi-2kg", "fridge", 14, 1, _months(11, 5), 30, fresh=True, cold=True),
    "P019": Facts("daechu-tomato-2kg", "fridge", 8, 0, _months(3, 11), 40, fresh=True),
    "P020": Facts("ssieomneun-subak-7kg", "cool", 9, 0, (6, 7, 8), 60, fresh=True),
    "P021": Facts("redqueen-melon-8kg", "cool", 5, 2, (7, 8, 9), 60, fresh=True),
    "P022": Facts("shine-muscat-2kg", "fridge", 6, 2, (9, 10, 11), 14, fresh=True),
    "P023": Facts("jadu-3kg", "fridge", 9, 0, (7,), 60, fresh=True),
    "P024": Facts("hwangdo-4-5kg", "cool", 8, 1, (7, 8), 60, fresh=True),
    "P025": Facts("yuginong-ssal-10kg", "cool", 14, 26, stock=160, packs=((2, 82000), (3, 121000))),
    "P026": Facts("yuginong-ssal-20kg", "cool", 4, 1, stock=60),
    "P027": Facts("yuginong-hyeonmi-5kg", "cool", 8, 14, stock=80, packs=((2, 46000),)),
    "P028": Facts("chapssal-4kg", "cool", 5, 1),
    "P029": Facts("heungmi-2kg", "cool", 5),
    "P030": Facts("borissal-4kg", "cool", 5),
    "P031": Facts("ssalgwiri-2kg", "cool", 5),
    "P032": Facts("seoritae-1kg", "cool", 5, stock=4),
    "P033": Facts("mejukong-2kg", "cool", 4),
    "P034": Facts("pat-1kg", "cool", 4),
    "P035": Facts("chamkkae-1kg", "dry", 3, 4),
    "P036": Facts("heugimja-500g", "dry", 3, 1),
    "P037": Facts("deulkkae-1kg", "dry", 4),
    "P038": Facts("chaloksusu-20gae", "fridge", 14, 0, (7, 8), 60, fresh=True),
    "P039": Facts("misutgaru-1kg", "dry", 6, made_of="보리·현미·찹쌀·콩 등 열 가지 곡물(국산)", food="곡류가공품", allergens="대두 함유"),
    "P040": Facts("bam-goguma-10kg", "cool", 9, 8, _months(9, 3), 70, packs=((2, 57000),)),
    "P041": Facts("hobak-goguma-5kg", "cool", 9, 0, _months(9, 4), 85),
    "P042": Facts("sumi-gamja-10kg", "cool", 9, 0, _months(6, 10), 25),
    "P043": Facts("jeorim-baechu-20kg", "fridge", 1, 0, (11, 12), 55, fresh=True, packs=((2, 84000), (3, 124000))),
    "P044": Facts("dabal-mu-10kg", "cool", 3, 0, (10, 11, 12), 60),
    "P045": Facts("kkan-maneul-1kg", "fridge", 7, stock=50, fresh=True),
    "P046": Facts("yukjjok-maneul-1jeop", "cool", 4, 12, _months(6, 12), 40),
    "P047": Facts("yangpa-15kg", "cool", 7, 0, _months(6, 12), 45),
    "P048": Facts("jjokpa-2kg", "fridge", 5, 0, _months(10, 4), 35, fresh=True),
    "P049": Facts("buchu-1kg", "fridge", 5, 0, _months(3, 11), 24, fresh=True),
    "P050": Facts("geon-gochu-3kg", "dry", 2, 0, _months(8, 12), 30),
    "P051": Facts("gochutgaru-1kg", "dry", 7, 1, stock=90),
    "P052": Facts("cheongyang-gochu-2kg", "fridge", 5, 0, _months(6, 10), 12, fresh=True),
    "P053": Facts("geon-yeoju-200g", "dry", 3, stock=3),
    "P054": Facts("yeoju-hwan-300g", "dry", 3, 1, made_of="여주 90%(국산), 찹쌀", food="과채가공품"),
    "P055": Facts("kkan-doraji-1kg", "fridge", 3, 1, stock=20, fresh=True),
    "P056": Facts("deodeok-1kg", "fridge", 3, 3, stock=26, fresh=True),
    "P057": Facts("geon-gosari-300g", "dry", 4, 4),
    "P058": Facts("siraegi-500g", "dry", 5),
    "P059": Facts("geon-chwinamul-200g", "dry", 4, 1),
    "P060": Facts("saesongi-beoseot-2kg", "fridge", 6, stock=40, fresh=True),
    "P061": Facts("pyogo-gift-500g", "dry", 1, 5, stock=40),
    "P062": Facts("tojong-saenggang-3kg", "cool", 4, 0, _months(10, 1), 30),
    "P063": Facts("ssal-hangwa-gift-1-2kg", "room", 3, 12, stock=110, made_of="쌀 60%, 조청, 참깨(국산)", food="한과류", allergens="참깨 함유", packs=((3, 112000),)),
    "P064": Facts("chapssal-yugwa-800g", "room", 4, 7, stock=70, made_of="찹쌀 70%, 조청(국산)", food="한과류"),
    "P065": Facts("ssal-jocheong-1-2kg", "room", 5, 1, made_of="쌀 80%, 엿기름(국산)", food="엿류"),
    "P066": Facts("ssanghwa-cha-20po", "room", 7, 9, stock=130, made_of="지황·작약·당귀·대추(국산)", food="액상차", packs=((2, 57000),)),
    "P067": Facts("gujeolcho-cha-40g", "dry", 6, 1, stock=45),
    "P068": Facts("ppongip-cha-100g", "dry", 4, made_of="뽕잎 100%(국산)", food="침출차"),
    "P069": Facts("gamip-cha-80g", "dry", 4, stock=2, made_of="감잎 100%(국산)", food="침출차"),
    "P070": Facts("chamgireum-2byeong", "room", 5, 8, stock=85, made_of="참깨 100%(국산)", food="참기름", allergens="참깨 함유"),
    "P071": Facts("deulgireum-2byeong", "fridge", 5, 13, stock=75, made_of="들깨 100%(국산)", food="들기름"),
    "P072": Facts("chapssal-gochujang-1kg", "fridge", 6, 14, made_of="찹쌀·고춧가루·메줏가루(국산), 소금", food="고추장", allergens="대두 함유", packs=((2, 34000),)),
    "P073": Facts("jaerae-doenjang-1kg", "fridge", 6, 1, made_of="콩(국산), 소금", food="한식된장", allergens="대두 함유"),
    "P074": Facts("cheonggukjang-500g", "fridge", 7, stock=60, cold=True, made_of="콩 99%(국산), 소금", food="청국장", allergens="대두 함유"),
    "P075": Facts("guk-ganjang-900ml", "room", 5, made_of="콩(국산), 소금, 물", food="한식간장", allergens="대두 함유"),
    "P076": Facts("pogi-kimchi-10kg", "fridge", 3, 2, stock=48, cold=True, made_of="배추 78%, 고춧가루, 마늘, 소금(국산)", food="배추김치", allergens="새우 함유(젓갈)"),
    "P077": Facts("acacia-kkul-2-4kg", "room", 3, 5, stock=55, packs=((2, 108000),)),
    "P078": Facts("yujeongnan-30gu", "fridge", 12, stock=60, fresh=True, packs=((2, 23500),)),
    "P079": Facts("hyeonmi-garaetteok-2kg", "frozen", 6, 2, stock=66, cold=True, made_of="현미 98%(국산), 소금", food="떡류"),
    "P080": Facts("mosi-songpyeon-2kg", "frozen", 6, 5, stock=72, cold=True, made_of="멥쌀·모싯잎·동부(국산)", food="떡류"),
}  # fmt: skip

KIMJANG = {"P043": 30, "P051": 6, "P045": 4, "P048": 3, "P062": 3, "P044": 6, "P050": 2, "P076": 2}
LEAF_FESTIVAL = {
    "P001": 12, "P002": 8, "P014": 8, "P015": 9, "P063": 4, "P066": 9, "P067": 8, "P009": 6, "P065": 4, "P074": 6, "P041": 6,
    "P058": 4, "P059": 4, "P080": 5, "P064": 5, "P022": 4, "P053": 3, "P039": 3,
}  # fmt: skip
"""What people buy for kimjang, and carry home from the leaf festival, by weight."""
