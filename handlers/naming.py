"""What a procedure is called in the language spoken now."""

from __future__ import annotations

from handlers.language import current
from knowledge.procedure import Procedure


def called(procedure: Procedure) -> str:
    """What the procedure is called in the language spoken now; Vietnamese where it has no other name."""
    words = procedure.words
    return words.title_en if current() == "en" and words and words.title_en else procedure.title
