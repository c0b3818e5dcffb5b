"""`motcua calls`: notices that no channel may carry any more, to be told by phone."""

from __future__ import annotations

import click
from sqlalchemy import Connection

from bot.cli.at_the_desk import by_whom, of_unit, officer, opened, refuse, shown
from bot.store import calls as call_list
from bot.store.counting import note
from handlers.language import gettext
from knowledge.text.masking import mask

_ = gettext


@click.group()
def calls() -> None:
    """The call list: list, done."""


@calls.command("list")
@of_unit
def list_(unit_id: str) -> None:
    """The calls to make, oldest first: find the phone in the one-stop system by the dossier's code."""
    with opened(unit_id) as desk:
        rows = desk.store.transact(lambda c: call_list.waiting(c, desk.unit.id), reading=True)
        for row in rows:
            click.echo(f"{row.id}  {row.code}  {row.procedure}; {row.reason}; {shown(row.made_at)}")
            click.echo(f"    {row.words}")
        if rows:
            click.echo(_("Số điện thoại xem trong hệ thống một cửa. Gọi xong ghi: motcua calls done SỐ --by TÊN"))
        click.echo(_("{n} cuộc cần gọi.").format(n=len(rows)))


@calls.command()
@click.argument("call_id", metavar="ID")
@click.option("--outcome", default="", help="What came of it, in a few words; no names, no numbers.")
@of_unit
@by_whom
def done(call_id: str, outcome: str, unit_id: str, by: str) -> None:
    """Write down that call ID was made."""
    with opened(unit_id) as desk:
        name = officer(by)
        said = " ".join(mask(outcome).text.split())

        def end(connection: Connection) -> bool:
            ended = call_list.done(connection, desk.unit.id, call_id.strip(), name, said, desk.now)
            if ended:
                note(connection, desk.unit.id, "call_made", desk.now, by=name, call=call_id.strip())
            return ended

        if not desk.store.transact(end):
            refuse(_("Không có cuộc gọi {id} trong danh sách. Xem: motcua calls list").format(id=call_id))
        click.echo(_("Đã ghi."))
