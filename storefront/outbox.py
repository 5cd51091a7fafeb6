"""How messages leave: mails by SMTP where one is set, otherwise (like text messages for now) as files."""

import asyncio
import contextlib
import json
import re
import smtplib
import ssl
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path
from urllib.parse import unquote, urlsplit

from storefront.brand import BrandShelf
from storefront.letter_facts import news_of
from storefront.letters import Letter, mail_letter
from storefront.text_messages import text_message
from storefront.waiting_letters import WAITING_KINDS, waiting_message
from storefront.wish_letters import WISH_KINDS, wish_message
from villages.city import City
from villages.days import SEOUL
from villages.notices import MailerDown, Message


class MailerByChannel:
    """Writes each letter when it is sent. Mails go by SMTP where an address is set; all else goes into files.

    `secret` makes the links that open orders: they stand in what is sent, and nowhere else.
    """

    def __init__(
        self, folder: Path, smtp_url: str, *, secret: str, public_url: str, brand: BrandShelf
    ) -> None:
        self._files = FileMailer(folder)
        self._smtp = SmtpMailer(smtp_url, host=urlsplit(public_url).hostname or "") if smtp_url else None
        self._secret = secret
        self._public_url = public_url
        self._brand = brand

    async def send(self, message: Message, *, key: str) -> None:
        """Nothing goes where its writer says that it is not wanted any more."""
        city = (await self._brand.brand()).city
        letter = await _writer(message.kind)(message, city, secret=self._secret, public_url=self._public_url)
        if letter is None:
            return
        if isinstance(letter, str):
            await self._files.keep(message, key=key, subject="", text=letter)
            return
        if self._smtp:
            await self._smtp.send(letter, to=message.address, key=key)
        else:
            await self._files.keep(message, key=key, subject=letter.subject, text=letter.text)

    async def forget_old(self, now: datetime) -> int:
        return await self._files.forget(WISH_KINDS, before=now - FILES_KEPT_FOR)


def _writer(kind: str) -> Callable[..., Awaitable[Letter | str | None]]:
    if kind in WAITING_KINDS:
        return waiting_message
    return wish_message if kind in WISH_KINDS else order_message


async def order_message(message: Message, city: City, *, secret: str, public_url: str) -> Letter | str:
    """What is said about an order: a letter by mail, a line of text otherwise."""
    news = await news_of(message, city, secret=secret, public_url=public_url)
    return mail_letter(news) if message.channel == "mail" else text_message(news)


class SmtpMailer:
    """`smtp://user:password@host:587?from=market@example.kr` (STARTTLS) or `smtps://…:465`."""

    def __init__(self, url: str, *, host: str) -> None:
        self._url = urlsplit(url)
        self._host = host or "localhost"
        wishes = dict(part.split("=", 1) for part in self._url.query.split("&") if "=" in part)
        self._sender = parseaddr(unquote(wishes.get("from", "")))[1] or f"no-reply@{self._host}"

    async def send(self, letter: Letter, *, to: str, key: str) -> None:
        message_id = f"<{re.sub(r'[^0-9A-Za-z._/-]', '_', key)}@{self._host}>"
        mail = mail_of(letter, sender=self._sender, to=to, message_id=message_id, at=datetime.now(SEOUL))
        try:
            await asyncio.to_thread(self._deliver, mail)
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


def mail_of(letter: Letter, *, sender: str, to: str, message_id: str, at: datetime) -> EmailMessage:
    """EmailMessage refuses line breaks in headers, so nothing typed can add one; one address is one reader."""
    mail = EmailMessage()
    mail["From"] = Address(letter.sender, addr_spec=sender)
    mail["To"] = Address(addr_spec=to)
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text)
    mail.add_alternative(letter.html, subtype="html")
    return mail


FILES_KEPT_FOR = timedelta(days=1)
"""Files of messages whose rows are deleted once they went: as long as the rows may stay (who-waited-is-forgotten)."""


class FileMailer:
    """Messages as files, one per key: what comes twice is written over itself. Only we may read them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def keep(self, message: Message, *, key: str, subject: str, text: str) -> None:
        """Raises `MailerDown`."""
        name = "".join(sign if sign.isalnum() or sign in "-_" else "_" for sign in key)
        told = {**message.__dict__, "subject": subject, "text": text}
        try:
            await asyncio.to_thread(self._write, name, json.dumps(told, ensure_ascii=False, indent=1))
        except OSError as trouble:
            raise MailerDown(trouble.strerror or "disk") from trouble

    async def forget(self, kinds: Collection[str], *, before: datetime) -> int:
        """Messages of these kinds that were written before then, and what a broken writing left of them."""
        return await asyncio.to_thread(self._forget, kinds, before.timestamp())

    def _forget(self, kinds: Collection[str], before: float) -> int:
        forgotten = 0
        for kind in kinds:
            for file in (*self._folder.glob(f"{kind}-*.json"), *self._folder.glob(f".{kind}-*.half")):
                with contextlib.suppress(FileNotFoundError):  # another worker was faster
                    if file.stat().st_mtime < before:
                        file.unlink()
                        forgotten += 1
        return forgotten

    def _write(self, name: str, body: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        half = self._folder / f".{name}.half"
        half.touch(mode=0o600)
        half.write_text(body, encoding="utf-8")
        half.replace(self._folder / f"{name}.json")
