"""A procedure that was asked for and is not done: the state no longer publishes it, or the unit has hidden it. No papers, no fee: only what is true now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from handlers.effects import Effect, Remember
from handlers.keys import procedure_key
from handlers.language import gettext
from handlers.messages import Button, Reply
from handlers.naming import called
from handlers.ports import Context
from knowledge.procedure import Procedure, short_name
from knowledge.withdrawn import Withdrawn

_ = gettext
LABEL = 40


def closed(procedure: Procedure, context: Context) -> Iterator[Reply | Effect]:
    """What is said instead of an answer; nothing where the procedure is open."""
    if procedure.withdrawn:
        yield from _withdrawn(procedure, procedure.withdrawn, context)
    elif procedure.local.hidden:
        yield Remember(replace(context.state, flow="", code=procedure.code, case="", asked=0, offered=(), waiting=()))
        said = _("{unit} không nhận việc này. Gọi {phone} để được chỉ đúng nơi.").format(
            unit=context.unit.name, phone=procedure.phone(context.unit)
        )
        yield Reply(f"{called(procedure)}: {said}", stub=procedure.stub(context.unit))


def _withdrawn(procedure: Procedure, entry: Withdrawn, context: Context) -> Iterator[Reply | Effect]:
    known = context.knowledge.procedures
    instead = [known[code] for code in entry.replaced_by if code in known]
    # "Cần giấy gì?" after this means the one that took its place, where there is only one.
    meant = instead[0] if len(instead) == 1 else procedure
    yield Remember(
        replace(context.state, flow="", code=meant.code, case="", aspect="documents", asked=0, offered=(), waiting=())
    )
    lines = [
        _("{title}: thủ tục này không còn, anh/chị không phải làm nữa (bản công bố ngày {day} đã bỏ).").format(
            title=called(procedure), day=f"{entry.since:%d/%m/%Y}"
        )
    ]
    if instead:
        lines.append(_("Nay thay bằng: {titles}.").format(titles="; ".join(called(p) for p in instead)))
    if entry.note:
        lines.append(entry.note)
    elif not instead:
        lines.append(_("Cần việc tương tự: hỏi quầy hoặc gọi {phone}.").format(phone=procedure.phone(context.unit)))
    buttons = tuple(Button(short_name(called(p), LABEL), procedure_key(p.code, "documents")) for p in instead[:4])
    yield Reply("\n".join(lines), stub=procedure.stub(context.unit), buttons=buttons)
