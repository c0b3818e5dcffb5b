"""Greetings, thanks, anger, "are you a robot": a short human answer, and the dialogue stays where it was."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handlers.effects import Effect, Understood
from handlers.hearing import plain
from handlers.language import gettext
from handlers.messages import Button, Incoming, Reply
from handlers.ports import Context
from handlers.start import menu_buttons

_ = gettext
WHO = r"(?: (?:ban|anh|chi|anh/chi|em|ad|admin|shop|bot|may|trung tam|ca nha|moi nguoi|co|chu|bac|can bo|xa|a|nha|nhe|oi|ah|ak))*"
HELLO = re.compile(
    rf"(?:da |vang )?(?:xin )?(?:chao|alo|hello|hi|hi there|hello there|hey|helo|lo|good (?:morning|afternoon|evening)){WHO}(?: buoi (?:sang|trua|chieu|toi))?|alo alo|co ai (?:o do |truc )?khong{WHO}|ad oi|bot oi|em oi"
)
THANKS = re.compile(
    rf"(?:da |vang |ok |oke |duoc roi |hieu roi )*(?:xin |toi |em |minh |tui |rat )?(?:cam on|cam un|camon|cam on nhieu|thanks?|thank you|tks|tk|thank){WHO}(?: nhieu| rat nhieu| nha| nhieu lam| lam| you)?(?: very much| so much| a lot)?{WHO}"
)
FINE = re.compile(
    rf"(?:da|vang|ok|oke|okie|okay|u|uh|um|uhm|duoc roi|hieu roi|biet roi|ro roi|roi|the a|vay a|ra vay|ra the|hay qua|tot qua|gioi qua|k co gi|khong co gi|khong con gi|het roi|ko can nua|fine|great|all right|alright|i see|got it|understood){WHO}"
)
BYE = re.compile(rf"(?:tam biet|bye|bye bye|chao tam biet|hen gap lai|goodbye){WHO}")
ROBOT = re.compile(
    r".*\b(?:(?:ban|may|day|em|anh|chi|ai|ad|bot) (?:co phai |la |dang la |co phai la )+(?:mot )?(?:robot|may|nguoi may|bot|ai|nguoi that|nguoi|tro ly ao|chatbot|ai vay|ai the)(?: khong| ko| hay (?:la )?(?:nguoi|may|bot|robot))?|ban la (?:ai|gi)|are you (?:a )?(?:robot|human|bot|real)|(?:robot|may|bot) hay (?:la )?nguoi|nguoi hay (?:la )?(?:may|robot|bot))\b.{0,20}"
)
ANGRY = re.compile(
    r"\b(an hai|ngu (?:qua|the|vay|nhu)|do ngu|dien a|khung a|bo may vo|tra loi (?:ngu|nham|linh tinh|lung tung|vo van|tao lao)|chan qua|buc (?:minh|qua|boi)|te qua|vo dung|mat day|cha ra gi"
    r"|hoi hoai (?:khong|ko|k)|noi hoai khong hieu|quan lieu|hach sach|lua dao a|dm|dkm|vcl|vl|clgt|deo|dit me|con me|oc cho|thang cho|do cho|stupid|useless|idiot)\b"
)
LONGEST = 12  # words; a longer text has more to say than its mood


def small_talk(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    """Answer what is only talk; leave anything that also asks for something to the search."""
    if incoming.kind != "text":
        return
    text = plain(incoming.text)
    said = ""
    if ROBOT.fullmatch(text) and len(text.split()) <= LONGEST:
        said = _("Đây là máy trả lời tự động, không phải người. Cần người: gõ gặp cán bộ, hoặc gọi {phone}.").format(
            phone=context.unit.phone
        )
    elif HELLO.fullmatch(text):
        said = _("Chào anh/chị. Anh/chị cần việc gì, cứ viết như nói.")
    elif THANKS.fullmatch(text):
        said = _("Dạ, không có gì. Cần việc khác, anh/chị cứ viết.")
    elif BYE.fullmatch(text):
        said = _("Chào anh/chị. Khi cần, anh/chị nhắn lại đây.")
    elif FINE.fullmatch(text):
        said = _("Dạ. Cần việc khác, anh/chị cứ viết.")
    if said:
        yield Understood("apologize", handler="small_talk")
        yield Reply(said)


def angry(text: str) -> bool:
    """Whether somebody is angry with us. Asked only when nothing else was understood: an angry question is still a question."""
    return bool(ANGRY.search(plain(text)))


def amends(context: Context) -> Reply:
    """Sorry, and two ways on: a person, or the official complaint route."""
    complaint = [Button(_("Gửi phản ánh"), "t1.phan-anh")] if "phan-anh" in context.knowledge.topics else []
    return Reply(
        _("Trung tâm xin lỗi vì anh/chị phải hỏi nhiều lần."),
        buttons=(Button(_("Gặp cán bộ"), "m1.person"), *complaint, menu_buttons()[0]),
        ask=True,
    )
