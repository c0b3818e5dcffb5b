"""A dossier's code is sent to where it can be looked up; other numbers are not."""

from __future__ import annotations

import pytest

from handlers.dialogue import Dialogue


@pytest.mark.parametrize(
    "said",
    [
        "H48.99.01-261120-0007",
        "hs h48.99.01-261120-0007 tới đâu rồi",
        "Mã H48.99.01 – 261120 – 0007 ạ",
        "000.00.99.H48-201105-0004",
        "G22.99.99-260921-000007",
        "G09.99-20260609-0000007",
    ],
)
def test_a_dossier_code_names_the_official_page(dialogue: Dialogue, said: str) -> None:
    reply = dialogue.say(said)[-1]
    assert [b.url for b in reply.buttons] == ["https://dichvucong.gov.vn/tra-cuu-ho-so"]


@pytest.mark.parametrize("said", ["1.001193", "làm khai sinh", "17-1436", "quốc lộ H48"])
def test_other_numbers_are_no_dossier(dialogue: Dialogue, said: str) -> None:
    dialogue.say(said)
    assert dialogue.understood
    assert dialogue.understood.handler != "dossier"
