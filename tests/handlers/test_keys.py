"""Button keys are untrusted input: ours are read, anything else is None."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.keys import DOSSIER_KINDS, PARTS, Key, choice_key, dossier_key, from_start, parse, procedure_key
from handlers.messages import Button


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("p1.1.001193", Key("p", code="1.001193")),
        ("p1.1.001193.fee", Key("p", code="1.001193", part="fee")),
        ("p1.1.001193.card.da-ket-hon", Key("p", code="1.001193", part="card", case="da-ket-hon")),
        ("p1.1.001193.all.-.2", Key("p", code="1.001193", part="all", page=2)),
        ("c1.1001193+2000635", Key("c", codes=("1.001193", "2.000635"))),
        ("e1.sinh-con", Key("e", what="sinh-con")),
        ("m1.menu", Key("m", what="menu")),
        ("d1.erase", Key("d", what="erase")),
        ("l1.en", Key("l", what="en")),
        ("h1.H48.99.01-261120-0007", Key("h", code="H48.99.01-261120-0007")),
        ("h1.H48.99.01-261120-0007.K7M2P4XA", Key("h", code="H48.99.01-261120-0007", part="K7M2P4XA")),
        ("w1.000.00.99.H48-201105-0004", Key("w", code="000.00.99.H48-201105-0004")),
        ("u1.all", Key("u", what="all")),
        ("y1.G09.99-20260609-0000007.no_account", Key("y", code="G09.99-20260609-0000007", part="no_account")),
        ("y1.G22.99.99-260921-000007.4", Key("y", code="G22.99.99-260921-000007", part="4")),
        ("m1.mine2", Key("m", what="mine2")),
        ("y1.H48.99.01-261120-0007.6", None),
        ("y1.H48.99.01-261120-0007.steal", None),
        ("w1.H48.99.01-261120-0007.yes", None),
        ("h1.h48.99.01-261120-0007", None),
        ("h1.all", None),
        ("p2.1.001193", None),  # another version
        ("p1.1.1193", None),
        ("p1.1.001193.steal", None),
        ("c1.100119+2000635", None),
        ("m1.everything", None),
        ("l1.fr", None),
        ("x1.menu", None),
        ("P1.1.001193", None),
        ("", None),
        ("p1.1.001193 ", None),
    ],
)
def test_a_key_is_read_or_refused(text: str, key: Key | None) -> None:
    assert parse(text) == key


@given(st.text(max_size=80))
def test_no_text_breaks_the_reader(text: str) -> None:
    parse(text)


@given(
    st.from_regex(r"\d\.\d{6}", fullmatch=True).filter(str.isascii),
    st.sampled_from(PARTS),
    st.from_regex(r"[a-z0-9]([a-z0-9-]{0,22}[a-z0-9])?", fullmatch=True),
    st.integers(1, 99),
)
def test_a_key_we_make_is_one_we_read_and_fits_every_channel(code: str, part: str, case: str, page: int) -> None:
    text = procedure_key(code, part, case, page)
    Button("x", text)  # at most 64 ASCII bytes, or an error
    key = parse(text)
    assert key is not None
    assert (key.code, key.part, key.case, key.page) == (code, part, case, page)


@given(
    # Only ASCII digits: \d would draw others, and most examples would be thrown away.
    st.from_regex(
        r"H[0-9]{2}(\.[0-9]{1,3}){0,4}-2[0-9]{5}-[0-9]{4,7}|[0-9]{3}(\.[0-9]{2,3}){1,4}\.[HG][0-9]{2}-2[0-9]{5}-[0-9]{4,7}",
        fullmatch=True,
    ),
    st.sampled_from(DOSSIER_KINDS),
)
def test_a_dossiers_key_is_read_again_and_fits_every_channel(code: str, kind: str) -> None:
    for part in ("", *(("no_account", "not_mine", "5") if kind == "y" else ())):
        text = dossier_key(kind, code, part)
        Button("x", text)
        assert parse(text) == Key(kind, code=code, part=part)


def test_a_choice_of_many_keeps_the_best_seven() -> None:
    codes = tuple(f"1.00000{n}" for n in range(9))
    key = parse(choice_key(codes))
    assert key is not None
    assert key.codes == codes[:7]
    assert choice_key(codes[:1]) == "p1.1.000000"


@pytest.mark.parametrize(
    ("payload", "key"),
    [
        ("hs-H48_99_01-261120-0007", "h1.H48.99.01-261120-0007"),
        ("hs-H48.99.01-261120-0007-K7M2P4XA", "h1.H48.99.01-261120-0007.K7M2P4XA"),
        ("theo-doi", "m1.mine"),
        ("hs-H48_99_01-261120-0007-K7M2", ""),
        ("tt-1_001193", "p1.1.001193"),
        ("tt-1.001193", "p1.1.001193"),
        ("hs-H48", ""),
        ("", ""),
        ("tt-1_00119x", ""),
    ],
)
def test_a_deep_link_opens_its_procedure(payload: str, key: str) -> None:
    assert from_start(payload) == key
