"""The beginning: who speaks, what can be done, the menu, help, the language. Also where a number or button no longer means anything."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handlers.effects import Effect, Remember, SpeakLanguage, Understood
from handlers.hearing import plain
from handlers.keys import parse
from handlers.language import SOURCE, gettext, languages, speaking
from handlers.messages import Button, Incoming, Reply
from handlers.opening import hours_text, open_text
from handlers.ports import Context
from handlers.state import State

_ = gettext
EVENTS = 9  # life events on a page: a menu has at most ten lines
PAGES = ("events", "events2", "events3")
BEGIN = re.compile(r"/start|start|start again|bat dau|hoi lai tu dau|lam lai tu dau|quay lai tu dau|tro ve dau")
MENU = re.compile(r"/?menu|/?danh muc|tro lai|quay lai|ve menu|main menu|dung|thoi|huy|thoat|/dung|/stop|stop|cancel")
HELP = re.compile(
    r"/help|/trogiup|help|tro giup|huong dan( su dung| dung)?|giup( toi| minh| em| tui)?( voi)?|may lam duoc (gi|nhung gi)|ban lam duoc (gi|nhung gi)|what can you do"
)
PERSON = re.compile(
    r"/?(cho |xin |muon |can |toi muon |em muon |minh muon |tui muon )*(toi |em |minh |tui )?(duoc )?(gap|noi chuyen|noi chuyen voi|lien he|noi|hoi|chat)( voi| truc tiep)?"
    r" (mot |1 )?(can bo|nguoi that|nguoi|nhan vien|tong dai|cong chuc|truc ban|admin|tu van vien|ai do)( that| truc tiep| xa| mot cua)?( di| voi| a| duoc khong| dc ko)?"
    r"|can bo (dau|oi)|(can i |i want to |i need to |please |let me )*(talk|speak) (to|with) (a |an |the )?(real )?(person|officer|human|somebody|someone|staff)( please)?|goi (can bo|nguoi that)|so dien thoai( can bo| trung tam| xa)?"
)
TO_ENGLISH = re.compile(r"/en|english|tieng anh|(please )?speak english|in english( please)?|do you speak english")
TO_VIETNAMESE = re.compile(r"/vi|tieng viet|vietnamese|noi tieng viet( di)?")


def menu_buttons() -> tuple[Button, ...]:
    """The main menu: only what works."""
    return (
        Button(_("Hỏi thủ tục"), "m1.ask"),
        Button(_("Theo việc trong đời"), "m1.events"),
        Button(_("Hồ sơ của tôi"), "m1.mine"),
        Button(_("Gặp cán bộ"), "m1.person"),
    )


def introduction(context: Context) -> Reply:
    """Who speaks, said before the first answer of a chat: a machine (Luật Trí tuệ nhân tạo 134/2025/QH15, Điều 11 khoản 1)."""
    return Reply(
        _("Đây là máy trả lời tự động của {centre}. Tin nhắn giữ 30 ngày; xem: /dulieu, xóa: /xoa").format(
            centre=context.unit.centre
        )
    )


def start(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    """/start, "hỏi lại từ đầu": greet, show the menu, forget the thread."""
    text = plain(incoming.text) if incoming.kind == "text" else ""
    if incoming.kind not in ("start", "joined") and not BEGIN.fullmatch(text):
        return
    yield Understood("apologize", handler="start")
    yield Remember(State(greeted=True))
    said = _(
        "Chào anh/chị. Đây là máy trả lời tự động của {centre}.\n"
        "Cần việc gì, anh/chị cứ viết như nói, không dấu cũng được.\n"
        "Trung tâm không hỏi mật khẩu, OTP, không nhận tiền qua tin nhắn. Ai hỏi thế, gọi {phone}.\n"
        "Tin nhắn giữ 30 ngày. Xem: /dulieu, xóa: /xoa"
    ).format(centre=context.unit.centre, phone=context.unit.phone)
    other = Button("English", "l1.en") if context.language == SOURCE else Button("Tiếng Việt", "l1.vi")
    yield Reply(said, buttons=(*menu_buttons(), *([other] if len(languages()) > 1 else [])), ask=True)


def commands(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    """Menu, help, person, language: typed or pressed."""
    text = plain(incoming.text) if incoming.kind == "text" else ""
    key = parse(incoming.button) if incoming.kind == "button" else None
    what = key.what if key and key.kind == "m" else ""
    language = key.what if key and key.kind == "l" else ""
    if language or TO_ENGLISH.fullmatch(text) or TO_VIETNAMESE.fullmatch(text):
        yield from _speak(language or ("en" if TO_ENGLISH.fullmatch(text) else SOURCE))
    elif what == "person" or PERSON.fullmatch(text):
        yield from person(context)
    elif what == "ask":
        yield Understood("apologize", handler="start")
        yield Reply(
            _("Anh/chị viết việc cần làm như nói chuyện, không dấu cũng được. Ví dụ: lam giay khai sinh can gi")
        )
    elif what in PAGES:
        yield Understood("apologize", handler="start")
        buttons = [
            Button(e.title_en if context.language == "en" and e.title_en else e.title, f"e1.{e.key}")
            for e in context.knowledge.events.values()
        ]
        page = PAGES.index(what)
        shown = buttons[page * EVENTS : (page + 1) * EVENTS]
        if len(buttons) > (page + 1) * EVENTS and page + 1 < len(PAGES):
            shown.append(Button(_("Việc khác"), f"m1.{PAGES[page + 1]}"))
        yield Reply(_("Anh/chị đang gặp việc nào?"), buttons=tuple(shown), ask=True)
    elif what == "help" or HELP.fullmatch(text):
        yield Understood("apologize", handler="start")
        yield from helping()
    elif what == "menu" or MENU.fullmatch(text):
        yield Understood("apologize", handler="start")
        yield Remember(State(greeted=True, address=context.state.address))
        yield Reply(_("Anh/chị cần:"), buttons=menu_buttons(), ask=True)


def _speak(language: str) -> Iterator[Reply | Effect]:
    yield Understood("apologize", handler="start")
    yield SpeakLanguage(language)
    with speaking(language):
        said = _("Từ giờ máy nói tiếng Việt. Anh/chị cần việc gì, cứ viết.") if language == SOURCE else in_english()
        yield Reply(said, buttons=menu_buttons(), ask=True, language=language)


def in_english() -> str:
    """That English is spoken from now on, and what stays Vietnamese."""
    return _("Máy nói tiếng Anh; tên giấy tờ vẫn để tiếng Việt, vì ở quầy cần gọi đúng tên. Tiếng Việt: /vi")


def person(context: Context) -> Iterator[Reply | Effect]:
    """A human: phone, hours, place; open now or when."""
    yield Understood("apologize", handler="person")
    unit = context.unit
    yield Reply(
        _("{open} Gọi {phone} trong giờ làm việc, hoặc đến quầy: {address}.\nGiờ làm việc: {hours}.").format(
            open=open_text(unit, context.knowledge.calendar, context.now),
            phone=unit.phone,
            address=unit.address,
            hours=hours_text(unit),
        )
    )


def helping() -> Iterator[Reply]:
    """What can be asked and how."""
    yield Reply(
        _(
            "Máy trả lời việc giấy tờ ở xã: cần giấy gì, nộp ở đâu, mấy ngày, bao nhiêu tiền.\n"
            "Anh/chị viết như nói, không dấu cũng được. Có danh sách thì trả lời bằng một số.\n"
            "Hỏi lại từ đầu: gõ menu. Gặp người: gõ gặp cán bộ. English: /en\n"
            "Xem tin đang giữ: /dulieu. Xóa: /xoa"
        ),
        buttons=menu_buttons(),
        ask=True,
    )


def over(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    """A number nobody waits for, or an old or strange button: say so and offer the menu."""
    yield Understood("apologize", handler="over")
    said = (
        _("Nút đã cũ, mời viết lại việc cần.")
        if incoming.button
        else _("Câu hỏi trước đã hết giờ, hoặc không có số đó. Anh/chị cần:")
    )
    yield Reply(said, buttons=menu_buttons(), ask=True)
