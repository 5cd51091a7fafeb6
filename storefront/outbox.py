"""How messages leave: mails by SMTP where one is set, otherwise (like text messages for now) as files."""

import asyncio
import json
import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

from villages.notices import MailerDown, Message

SUBJECTS = {
    "placed": "주문을 받았습니다",
    "paid": "결제를 확인했습니다",
    "shipped": "상품을 보냈습니다",
    "expired": "결제 기한이 지나 주문이 취소되었습니다",
    "cancelled": "주문이 취소되었습니다",
    "new_part": "새 주문이 들어왔습니다",
}


class MailerByChannel:
    """Mails go by SMTP where an address is set; otherwise, like text messages for now, into files."""

    def __init__(self, folder: Path, smtp_url: str) -> None:
        self._files = FileMailer(folder)
        self._smtp = SmtpMailer(smtp_url) if smtp_url else None

    async def send(self, message: Message, *, key: str) -> None:
        if message.channel == "mail" and self._smtp:
            await self._smtp.send(message, key=key)
        else:
            await self._files.send(message, key=key)


class SmtpMailer:
    """`smtp://user:password@host:587?from=market@example.kr` (STARTTLS) or `smtps://…:465`."""

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)
        self._sender = dict(part.split("=", 1) for part in self._url.query.split("&") if "=" in part).get(
            "from", ""
        )

    async def send(self, message: Message, *, key: str) -> None:
        try:
            await asyncio.to_thread(self._deliver, mail_of(message, sender=self._sender, key=key))
        except (OSError, smtplib.SMTPException) as trouble:
            raise MailerDown(type(trouble).__name__) from trouble

    def _deliver(self, mail: EmailMessage) -> None:
        host, port = self._url.hostname or "", self._url.port
        context = ssl.create_default_context()
        if self._url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port or 465, timeout=10, context=context)
        else:
            server = smtplib.SMTP(host, port or 587, timeout=10)
            server.starttls(context=context)
        with server:
            if self._url.username:
                server.login(unquote(self._url.username), unquote(self._url.password or ""))
            server.send_message(mail)


def mail_of(message: Message, *, sender: str, key: str) -> EmailMessage:
    """EmailMessage refuses line breaks in headers, so nothing typed can add one."""
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, message.address
    mail["Subject"] = f"{SUBJECTS.get(message.kind, '알림')} ({message.facts.get('number', '')})"
    mail["Message-ID"] = f"<{key}@jangnal.invalid>"
    mail.set_content(text_of(message))
    return mail


def text_of(message: Message) -> str:
    lines = [SUBJECTS.get(message.kind, "알림")]
    names = {
        "number": "주문번호",
        "total": "금액(원)",
        "village": "마을",
        "courier": "택배사",
        "tracking": "송장번호",
        "pay_before": "결제 기한",
    }
    lines += [f"{names[name]}: {value}" for name, value in message.facts.items() if name in names and value]
    return "\n".join(lines) + "\n"


class FileMailer:
    """Messages as files, one per key: what comes twice is written over itself."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, message: Message, *, key: str) -> None:
        name = "".join(sign if sign.isalnum() or sign in "-_" else "_" for sign in key)
        body = json.dumps({**message.__dict__, "text": text_of(message)}, ensure_ascii=False, indent=1)
        try:
            await asyncio.to_thread(self._write, name, body)
        except OSError as trouble:
            raise MailerDown(trouble.strerror or "disk") from trouble

    def _write(self, name: str, body: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        half = self._folder / f".{name}.half"
        half.write_text(body, encoding="utf-8")
        half.replace(self._folder / f"{name}.json")
