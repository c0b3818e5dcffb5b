"""English as people type it at a counter: common words, what they mean by a word, and how they ask for a part of a procedure."""

from __future__ import annotations

import re

# Words that say nothing about which procedure is meant, and tell English from other languages.
COMMON = frozenset(
    """a about after again all away also already am an and any anyone are as at ask be because been before but by can cannot could did do does
    doing done dont for from get gets getting give given go going good got had has have having hello help here hi him his her how i if im in
    into is it its just keep know let like live living lives long make making many may me more much must my myself need needed needs new next no not now of off on
    one ones only or other our out over own please procedure procedures process required requirements she he should so some somebody someone
    somewhere still take takes tell thank thanks that the their them then there they thing things this those to today tomorrow too two under
    until up us use want wants was way we what whats when where which who why will with without would yes yet you your paper papers document
    documents form forms apply applying application vietnam vietnamese commune office officer english speak information show find see
    question another wanted happened happens doesnt isnt havent hasnt didnt wont youre im ive whats theres lets second third fourth option choice number last year years time""".split()  # noqa: SIM905
)

# What people mean by a word, in the words of the titles. The word itself counts, too.
MEANT = {
    "baby": "birth child born", "babies": "birth child born", "newborn": "birth child born", "born": "birth", "kid": "child", "kids": "child",
    "son": "child", "daughter": "child", "infant": "birth child born", "pregnant": "born",
    "died": "death", "dead": "death", "dies": "death", "deceased": "death", "passed": "death",
    "funeral": "funeral", "burial": "funeral",
    "marry": "marriage", "married": "marriage", "marrying": "marriage", "wedding": "marriage",
    "fiance": "marriage", "fiancee": "marriage", "girlfriend": "marriage", "boyfriend": "marriage", "spouse": "marriage",
    "single": "marital", "bachelor": "marital", "unmarried": "marital", "celibacy": "marital",
    "father": "parent", "mother": "parent", "certificate": "record", "notarize": "certified", "notarise": "certified", "notarized": "certified", "notary": "certified", "photocopy": "copies",
    "duplicate": "copies", "id": "identity", "ids": "identity", "lose": "lost copies replacing",
    "lost": "copies replacing", "loose": "lost", "stolen": "lost", "missing": "lost", "reissue": "lost replacing", "broken": "damaged",
    "renew": "extending changing", "renewal": "extending changing", "extend": "extending", "expired": "changing",
    "wrong": "correct", "mistake": "correct", "error": "correct", "misspelled": "correct", "fix": "correct", "rename": "name change civil", "name": "civil", "surname": "name civil",
    "birthday": "civil", "gender": "civil",
    "construct": "building", "construction": "building", "build": "building", "renovate": "repair", "renovation": "repair",
    "store": "shop", "cafe": "restaurants", "company": "business", "stop": "closing", "shut": "closing", "start": "opening",
    "foreigner": "foreign", "foreigners": "foreign", "american": "foreign", "british": "foreign", "korean": "foreign", "japanese": "foreign",
    "chinese": "foreign", "french": "foreign", "german": "foreign", "australian": "foreign", "overseas": "abroad", "usa": "abroad",
    "us": "abroad", "country": "abroad", "elderly": "older pension", "old": "older", "suspend": "pausing", "pause": "pausing", "spelling": "correct", "attorney": "mandate", "rent": "residence", "room": "residence", "retirement": "pension", "disabled": "disability",
    "handicapped": "disability", "army": "military", "conscription": "military", "draft": "military",
    "hotel": "guest overnight", "homestay": "guest overnight", "airbnb": "guest overnight", "guests": "guest", "visitor": "guest",
    "landlord": "residence", "apartment": "residence", "renting": "residence", "address": "residence", "sign": "signature",
    "well": "groundwater", "borehole": "groundwater", "complain": "complaints", "complaint": "complaints", "scam": "scams",
    "password": "signing", "pay": "paying", "payment": "paying", "deed": "land certificate", "neighbour": "dispute", "neighbor": "dispute",
    "adopting": "adoption", "orphan": "adoption foster", "school": "school", "kindergarten": "kindergarten",
}  # fmt: skip

# English that stands in Vietnamese sentences, too: it proves nothing.
LOANS = frozenset(
    [
        "apec",
        "app",
        "form",
        "ocop",
        "protest",
        "sea",
        "ct",
        "email",
        "karaoke",
        "internet",
        "mobile",
        "online",
        "otp",
        "passport",
        "permit",
        "photocopy",
        "sim",
        "visa",
        "vneid",
        "web",
        "website",
        "work",
    ]
)
# What Vietnamese people call by its English name: the finder knows it.
THEIRS = re.compile(r"\bwork permits?\b")

PERSON = re.compile(
    r"\b(?:my|our|his|her|the|a) (?:father|mother|dad|mom|mum|parents?|grand(?:father|mother|parents?)|wife|husband|brother|sister|uncle|aunt)\b"
)
APOSTROPHE = re.compile(r"(?<=[a-z])['’](?=[a-z])")
TESTAMENT = re.compile(r"\b(?:a|my|last|his|her|your) will\b(?! (?:be|need|have|take|come))")

STEM = 5  # letters: "register", "registration" and "registered" are one word


def words(text: str) -> list[str]:
    """The words of an English text in order, lower-cased. "My father died" is about a death, not a father; "a will" is no other will."""
    return [
        w
        for w in re.findall(
            r"[a-z]+", TESTAMENT.sub(" testament ", PERSON.sub(" my ", APOSTROPHE.sub("", text.lower())))
        )
        if len(w) > 1 or w in "ai"
    ]


def stem(word: str) -> str:
    """A word without its endings: "marriage" and "married" → "marri", "copies" and "copy" → "copi", "closing" and "close" → "clos"."""
    word = re.sub(r"(?<=[a-z]{3})(?:ing|ed|(?<!s)s)$", "", word)[:STEM]
    return re.sub(r"(?:ie|y)$", "i", word).rstrip("e") or word


# A part of a procedure, asked for in English; searched in this order.
ASPECTS = {
    "fee": re.compile(r"\bhow much(?: is| does)?(?: it)?(?: cost| money)?|\b(?:fees?|costs?|prices?|charges?|free of charge)\b"),
    "time": re.compile(r"\bhow (?:long|many days|soon)(?: does it| will it)?(?: take)?|\b(?:when (?:will|can) i (?:get|receive)|processing time)\b"),
    "online": re.compile(r"\b(?:online|on the internet|by internet|website)\b"),
    "place": re.compile(r"\bwhere (?:do|can|should|must|to|is|am)(?: i| we)?(?: go| apply| file| submit| do)?\b|\bwhich (?:office|desk|place)\b"),
    "form": re.compile(r"\b(?:which|what|the|application) forms?\b|\bforms?\b"),
    "steps": re.compile(r"\bsteps?\b|\bstep by step\b"),
    "conditions": re.compile(r"\b(?:conditions?|eligible|eligibility|am i allowed|who can)\b"),
    "legal": re.compile(r"\b(?:which law|legal basis|regulations?|decree)\b"),
    "result": re.compile(r"\bwhat (?:do|will) i (?:get|receive)\b"),
}  # fmt: skip

# What a stranger asks first, said in too many ways for its title to be met.
TOPICS = {
    "gio-lam-viec": re.compile(r"\b(?:opening|office|working|business) (?:hours|times?)\b|\b(?:when|what time).{0,20}\b(?:open|close)\b|\bare you open\b"),
    "dia-chi": re.compile(r"\bwhere (?:is|are) (?:the|your|you)\b(?: commune)?(?: office| centre| center|$|\?)|\b(?:your|office) address\b|\bphone number\b"),
}  # fmt: skip
