"""What one agrees to, word for word (개인정보 보호법 §15②, 정보통신망법 §50①).

Each wish keeps the version that was agreed to. Whoever changes a word here gives it a new version.
"""

VERSION = "1"

ROWS = (
    ("무엇을", "나왔다는 광고 소식 한 번과, 신청을 받았다는 확인 한 번"),
    ("어떻게", "문자나 메일로. 소식은 밤 9시부터 아침 8시까지는 보내지 않습니다"),
    ("받는 것", "휴대전화 번호나 메일 주소. 마을에는 몇 분이 기다리시는지만 알립니다"),
    ("언제까지", "알려 드리거나 그만두실 때까지, 늦어도 1년. 그 뒤에는 지웁니다"),
    ("동의하지 않으시면", "소식을 못 받으실 뿐, 다른 불편은 없습니다"),
)
AGREED = "광고 소식을 받고, 거기에 제 연락처를 쓰는 데 동의합니다 (필수)"
