"""Greetings, thanks, anger, "are you a robot": a short human answer, and the dialogue stays where it was."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handlers.effects import Effect, Understood
from handlers.hearing import plain
from handlers.keys import procedure_key
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
# A text that holds a word of thanks or praise and beside it only courtesy is thanks.
PRAISE = re.compile(
    r"\b(?:cam on|cam un|camon|camun|kam on|doi on|mang on|biet on|thanks?|thank you|tks|thanks you|ty|tuyet voi|tuyet qua|hay qua|tot qua|gioi qua|nhiet tinh qua|good|great|nice|perfect)\b"
)
COURTESY = frozenset(
    """da vang a ah oi o ok oke okie u um uh roi duoc hieu biet ro the vay hay qua tot gioi em anh chi anh/chi
    co chu bac ong ba chau con toi minh tui ban ad admin shop bot may trung tam can bo xa nha nhe nhen nghen
    nhieu lam rat that xin da ho tro giup do tra loi vi su nhiet tinh nhanh chong lan nua cung het long chan
    thanh truoc nhieu va ca moi nguoi toi tan tinh tu van huong dan tot lanh gia dinh so much very you for
    your help job""".split()  # noqa: SIM905
)
HANDS = re.compile(r"[👍👌🙏❤️🥰😊😍🙂😀😁🤝💖🌹✅]")
FINE = re.compile(
    rf"(?:khong|chua|ko|hong|xin loi|khong can|ko can|khong can nua|du roi|dung roi|dung|duoc|phai|khong sao|ko sao)(?: roi| nua)?{WHO}|(?:da|vang|ok|oke|okie|okay|u|uh|um|uhm|duoc roi|hieu roi|biet roi|ro roi|roi|the a|vay a|ra vay|ra the|hay qua|tot qua|gioi qua|k co gi|khong co gi|khong con gi|het roi|ko can nua|fine|great|all right|alright|i see|got it|understood){WHO}"
)
BYE = re.compile(rf"(?:tam biet|bye|bye bye|chao tam biet|hen gap lai|goodbye){WHO}")
ROBOT = re.compile(
    r".*\b(?:(?:ban|may|day|em|anh|chi|ai|ad|bot) (?:co phai |la |dang la |co phai la )+(?:mot )?(?:robot|may|nguoi may|bot|ai|nguoi that|nguoi|tro ly ao|chatbot|ai vay|ai the)(?: khong| ko| hay (?:la )?(?:nguoi|may|bot|robot))?|ban la (?:ai|gi)|ban (?:ten (?:la )?gi|ten chi|may tuoi|bao nhieu tuoi)|ai (?:tao|lam|viet|lap trinh) ra (?:ban|may|bot)|(?:co phai |la )?nguoi that (?:khong|ko|ha|a|hong)|who are you|what are you|are you (?:a )?(?:robot|human|bot|real)|(?:robot|may|bot) hay (?:la )?nguoi|nguoi hay (?:la )?(?:may|robot|bot))\b.{0,20}"
)
ANGRY = re.compile(
    r"\b(an hai|ngu (?:qua|the|vay|nhu|ghe|si|ngoc)|(?:bot|may|ad|do) ngu|do ngu|dien a|khung a|bo may vo|tra loi (?:ngu|nham|linh tinh|lung tung|vo van|tao lao)|chan qua|buc (?:minh|qua|boi)|te qua|vo dung|mat day|cha ra gi"
    r"|hoi hoai (?:khong|ko|k)|noi hoai khong hieu|quan lieu|hach sach|lua dao a|lam an (?:kieu|the nao|gi|chan)|di (?:toi )?di lui|di lai (?:hoai|nhieu|may lan|hai lan|ba lan|2 lan|3 lan)|(?:bi|bat) (?:tra ve|bo sung|quay ve|di lai)(?: ho so| giay)? (?:hoai|mai|nhieu lan|may lan)|van bi tra (?:ve|lai)|hanh (?:dan|ha)|lam kho(?: dan)?|cua quyen|mat thoi gian|kieu gi vay|dm|dkm|vcl|vl|clgt|deo|dit me|con me|oc cho|thang cho|do cho|stupid|useless|idiot)\b"
)
BACK_AND_FORTH = re.compile(r"\b(?:di lai|tra ve|tra lai|bo sung|di lui|quay ve|lan roi)\b")
LONGEST = 12  # words; a longer text has more to say than its mood


def small_talk(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    """Answer what is only talk; leave anything that also asks for something to the search."""
    if incoming.kind != "text":
        return
    text = plain(incoming.text)
    said = ""
    if ROBOT.fullmatch(text) and len(text.split()) <= LONGEST:
        said = _("Máy đang trả lời, không phải người. Cần người: gõ gặp cán bộ, hoặc gọi {phone}.").format(
            phone=context.unit.phone
        )
    elif HELLO.fullmatch(text):
        said = _("Chào anh/chị. Anh/chị cần việc gì, cứ viết như nói.")
    elif THANKS.fullmatch(text) or _praise(text):
        said = _("Dạ, không có gì. Cần việc khác, anh/chị cứ viết.")
    elif BYE.fullmatch(text):
        said = _("Chào anh/chị. Khi cần, anh/chị nhắn lại đây.")
    elif FINE.fullmatch(text) or (not text and HANDS.search(incoming.text)):
        said = _("Dạ. Cần việc khác, anh/chị cứ viết.")
    if said:
        yield Understood("apologize", handler="small_talk")
        yield Reply(said)


def _praise(text: str) -> bool:
    """Whether somebody only thanks or praises, in whatever order: "hay quá cảm ơn nhé", "cảm ơn trung tâm đã hỗ trợ"."""
    return bool(PRAISE.search(text)) and set(PRAISE.sub(" ", text).split()) <= COURTESY


def calm(text: str) -> str:
    """What is left of a text without the clauses that only vent: "hỏi hoài không ra, làm khai tử cần giấy gì" keeps its second half."""
    return ", ".join(part for part in re.split(r"[,.;!?\n]+", text) if part.strip() and not angry(part))


def angry(text: str) -> bool:
    """Whether somebody is angry with us. Asked only when nothing else was understood: an angry question is still a question."""
    return bool(ANGRY.search(plain(text)))


def sorry(text: str) -> str:
    """The centre's apology to whoever is angry, for what makes them so."""
    if BACK_AND_FORTH.search(plain(text)):
        return _("Trung tâm xin lỗi vì anh/chị phải đi lại nhiều lần.")
    return _("Trung tâm xin lỗi vì anh/chị phải hỏi nhiều lần.")


def amends(text: str, context: Context) -> Reply:
    """Sorry, and the ways on: why papers come back, where a procedure is at hand; a person; the official complaint route."""
    at_hand = context.knowledge.procedures.get(context.state.code) if context.state.fresh(context.now) else None
    words = at_hand.words if at_hand and at_hand.written else None
    why = (
        [Button(_("Vì sao hay bị trả lại"), procedure_key(at_hand.code, "conditions"))]
        if at_hand and words and words.returned_because
        else []
    )
    complaint = [Button(_("Gửi phản ánh"), "t1.phan-anh")] if "phan-anh" in context.knowledge.topics else []
    return Reply(
        sorry(text),
        buttons=(*why, Button(_("Gặp cán bộ"), "m1.person"), *complaint, menu_buttons()[0]),
        ask=True,
    )
