"""What comes without words: stickers, voice, pictures, places, empty text. A short human answer; the dialogue stays where it was."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handlers.effects import Effect, Understood
from handlers.language import gettext
from handlers.messages import Incoming, Reply
from handlers.ports import Context

_ = gettext


def wordless(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    """Say what the machine cannot do with it and what to do instead."""
    if incoming.kind in ("text", "button", "start"):
        signs_only = not re.search(r"\w", incoming.text) and not re.search(r"[^\s.,;:!…\-]", incoming.text)
        if incoming.button or incoming.kind == "start" or not signs_only:
            return
        said = _("Tin chưa có chữ. Anh/chị gõ vài chữ việc cần làm, không dấu cũng được.")
    elif incoming.kind == "contact":
        said = _("Máy không cần số điện thoại, không lưu. Anh/chị viết việc cần làm.")
    elif incoming.text.strip():
        return  # a picture with a caption: the caption is the question
    elif incoming.kind == "voice":
        said = _("Máy chưa nghe được tin thoại. Anh/chị gõ vài chữ, không dấu cũng được, hoặc gọi {phone}.")
    elif incoming.kind in ("photo", "video", "file"):
        said = _("Máy không xem và không giữ ảnh, tệp. Anh/chị gõ vài chữ việc cần làm, hoặc mang giấy đến quầy.")
    elif incoming.kind == "location":
        said = _("Máy không cần vị trí, không lưu. Trung tâm ở: {address}.")
    elif incoming.kind == "sticker":
        said = _("Máy đã thấy hình. Anh/chị cần việc gì thì gõ vài chữ.")
    else:
        return
    yield Understood("apologize", handler="wordless")
    yield Reply(said.format(phone=context.unit.phone, address=context.unit.address))
