"""`motcua dossiers` and `motcua calls`: officers bring files in, let notices go, take back, and read plain sentences."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click import ClickException
from click.testing import CliRunner
from sqlalchemy import insert, select

from bot.cli import main
from bot.cli.at_the_desk import moment, shown
from bot.clock import utc_now
from bot.sealing import open_seal
from bot.settings import load_settings
from bot.store import Store, desk
from bot.store.dossier_tables import calls, charges, dossiers, follow_codes, moves, sheet_maps, watches
from bot.store.schema import audit
from knowledge.unit import ZONE

NOW = utc_now()
DAY = f"{NOW.astimezone(ZONE) - timedelta(days=1):%y%m%d}"
NAME, PHONE = "Nguyễn Thị Thử", "0900000123"


def code(number: int) -> str:
    """A code of yesterday."""
    return f"H48.99.01-{DAY}-{number:04}"


@pytest.fixture(autouse=True)
def store(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The database of the commands, to look at."""
    monkeypatch.setenv("MOTCUA_DATABASE", database_url)
    monkeypatch.setenv("MOTCUA_SECRET", "a-secret-for-the-tests-of-the-commands")
    monkeypatch.setenv("MOTCUA_OFFICER", "Lan")
    opened = Store.open(database_url)
    yield opened
    opened.close()


def run(*words: str, answers: str = "") -> str:
    """The output of a command that works."""
    done = CliRunner().invoke(main, list(words), input=answers)
    assert done.exit_code == 0, done.output
    return done.output


def refused(*words: str, answers: str = "") -> str:
    """The last sentence of a command that does not."""
    done = CliRunner().invoke(main, list(words), input=answers)
    assert done.exit_code == 1, done.output
    return done.output.strip().splitlines()[-1]


def rows(store: Store, table: Any) -> list[Any]:
    """The rows of a table."""
    return store.transact(lambda c: c.execute(select(table)).all(), reading=True)  # type: ignore[no-any-return]


def export(folder: Path, count: int = 3, state: str = "Đang xử lý", name: str = "ho-so.csv") -> str:
    """A spreadsheet as the one-stop system might export it."""
    lines = ["Mã hồ sơ,Tên thủ tục,Chủ hồ sơ,Số điện thoại,Trạng thái"]
    lines += [f"{code(n)},Đăng ký khai sinh,{NAME},{PHONE},{state}" for n in range(1, count + 1)]
    file = folder / name
    file.write_text("\n".join(lines), encoding="utf-8-sig")
    return str(file)


def watch(store: Store, number: int, chat: str = "c1") -> None:
    """A chat that watches a dossier."""
    row = {"unit_id": "mau", "channel": "web", "account": "mau", "chat_id": chat, "code": code(number), "since": NOW}
    store.transact(lambda c: c.execute(insert(watches), row))


def ago(hours: float) -> str:
    """A moment as an officer types it."""
    return f"{utc_now().astimezone(ZONE) - timedelta(hours=hours):%H:%M %d/%m/%Y}"


def test_a_first_file_has_its_columns_confirmed_and_a_second_not(store: Store, tmp_path: Path) -> None:
    said = run("dossiers", "import", export(tmp_path), "--until", ago(5), answers="y\n")
    assert "Chủ hồ sơ" in said.split("Không giữ")[1]
    assert "Mới 3, thay đổi 0, giữ nguyên 0." in said
    assert "Lần nhập đầu tiên không báo tin" in said
    assert len(rows(store, sheet_maps)) == 1
    again = run("dossiers", "import", export(tmp_path), "--until", ago(5))
    assert "đã nhập lúc" in again
    assert "Mới 0, thay đổi 0, giữ nguyên 3." in again


def test_columns_that_are_not_confirmed_change_nothing(store: Store, tmp_path: Path) -> None:
    assert "Chưa nhập gì" in refused("dossiers", "import", export(tmp_path), "--until", ago(1), answers="n\n")
    assert rows(store, dossiers) == []
    assert rows(store, sheet_maps) == []


def test_a_dry_run_writes_nothing(store: Store, tmp_path: Path) -> None:
    said = run("dossiers", "import", export(tmp_path), "--dry-run")
    assert "Thử, chưa ghi gì." in said
    assert "Mới 3" in said
    assert rows(store, dossiers) == rows(store, sheet_maps) == []


def test_without_a_time_of_export_the_files_own_is_shown_and_asked_about(store: Store, tmp_path: Path) -> None:
    said = run("dossiers", "import", export(tmp_path), answers=f"y\nn\n{ago(3)}\n")
    assert "lấy giờ của tệp" in said
    assert shown(rows(store, dossiers)[0].until_at) == shown(moment(ago(3)))
    assert "chưa tới" in refused("dossiers", "import", export(tmp_path), "--yes", "--until", ago(-3))


def test_names_and_phones_of_a_file_stand_nowhere(store: Store, tmp_path: Path) -> None:
    said = run("dossiers", "import", export(tmp_path), "--yes", "--until", ago(1))
    kept = said + "".join(str(rows(store, table)) for table in (dossiers, sheet_maps, audit))
    assert NAME not in kept
    assert PHONE not in kept
    assert PHONE[1:] not in kept


def test_json_is_known_by_its_content(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "dl.txt"
    file.write_text(
        json.dumps({"content": [{"dossierNo": code(1), "dossierStatusName": "Đang xử lý", "procedureName": "X"}]})
    )
    assert "Mới 1" in run("dossiers", "import", str(file), "--yes")


@pytest.mark.parametrize("content", [b"", b"\x00\x01 khong phai bang", b'{"content": ['])
def test_a_broken_file_is_one_sentence_and_changes_nothing(store: Store, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / f"{NAME}.xlsx"
    file.write_bytes(content)
    done = CliRunner().invoke(main, ["dossiers", "import", str(file), "--yes"])
    assert done.exit_code == 1
    assert "Traceback" not in done.output
    assert NAME not in done.output
    assert rows(store, dossiers) == []


def test_a_file_that_is_not_there_is_said() -> None:
    assert "Không thấy tệp" in refused("dossiers", "import", "khong-co.xlsx")


def test_many_notices_wait_until_an_officer_has_seen_whom_they_reach(store: Store, tmp_path: Path) -> None:
    run("dossiers", "import", export(tmp_path, 60), "--yes", "--until", ago(5))
    for number in range(1, 52):
        watch(store, number, f"c{number}")
    said = run("dossiers", "import", export(tmp_path, 60, "Đã trả kết quả"), "--yes", "--until", ago(1))
    assert "nhiều nhất 51 tin, tới 51 cuộc trò chuyện" in said
    assert "Nhiều hơn 50 nên chờ" in said
    assert "Chưa gửi." in run("dossiers", "send", answers="n\n")
    told = run("dossiers", "send", answers="y\n")
    assert "51 cuộc trò chuyện (đổi trạng thái 51)" in told
    assert "Không có tin nào chờ gửi." in run("dossiers", "send")
    assert len(rows(store, moves)) == 51


def test_the_newest_import_can_be_taken_back_once(store: Store, tmp_path: Path) -> None:
    run("dossiers", "import", export(tmp_path), "--yes", "--until", ago(5))
    run("dossiers", "import", export(tmp_path, 4, "Đã có kết quả"), "--yes", "--until", ago(1))
    assert "4 hồ sơ như trước" in run("dossiers", "undo")
    assert {row.state for row in rows(store, dossiers)} == {"processing"}
    assert "chỉ bỏ được lần mới nhất" in refused("dossiers", "undo")


def test_a_follow_code_is_printed_with_its_qr_and_kept_as_a_mark(store: Store, tmp_path: Path) -> None:
    run("dossiers", "import", export(tmp_path), "--yes", "--until", ago(1))
    said = run("dossiers", "follow", code(1).lower())
    [line] = [line for line in said.splitlines() if line.startswith("Mã theo dõi: ")]
    plain = line.removeprefix("Mã theo dõi: ").replace("-", "")
    assert len(plain) == 8
    assert set(plain) <= set(desk.LETTERS)
    assert not plain.isdigit()
    assert len([line for line in said.splitlines() if "█" in line]) > 8
    [kept] = rows(store, follow_codes)
    assert kept.mark == open_seal(load_settings()).mark("mau", code(1), "follow", plain)
    assert plain not in str(rows(store, follow_codes)) + str(rows(store, audit))


def test_a_charge_is_marked_told_and_paid(store: Store, tmp_path: Path) -> None:
    run("dossiers", "import", export(tmp_path), "--yes", "--until", ago(1))
    watch(store, 1)
    due = f"{NOW.astimezone(ZONE) + timedelta(days=9):%d/%m/%Y}"
    said = run("dossiers", "charge", code(1), "--amount", "75000", "--due", due)
    assert "Lệ phí 75.000 đ" in said
    [charge] = rows(store, charges)
    assert (charge.amount, charge.state, charge.by, shown(charge.due_at)) == (
        75000,
        "unpaid",
        "Lan",
        f"17:00 ngày {due}",
    )
    [move] = rows(store, moves)
    assert (move.code, move.what, move.from_state) == (code(1), "charge", "processing")
    assert "nộp xong" in run("dossiers", "charge", code(1), "--paid")
    assert [c.state for c in rows(store, charges)] == ["paid"]
    assert "không có khoản nào" in refused("dossiers", "charge", code(1), "--paid")
    assert "một trong hai" in refused("dossiers", "charge", code(1))


@pytest.mark.parametrize(("typed", "said"), [
    ("0007", "Ghi cả mã hồ sơ"), (f"G09.99-{DAY}-0007", "của đơn vị khác"), (code(9), "Chưa có hồ sơ này"),
])  # fmt: skip
def test_a_code_that_is_not_ours_is_refused_in_one_sentence(typed: str, said: str) -> None:
    for words in (("follow", typed), ("charge", typed, "--paid")):
        assert said in refused("dossiers", *words)


def test_counts_by_state_name_no_code(tmp_path: Path) -> None:
    run("dossiers", "import", export(tmp_path, 3), "--yes", "--until", ago(5))
    run("dossiers", "import", export(tmp_path, 1, "Chờ họp thôn"), "--yes", "--until", ago(1))
    said = run("dossiers", "list")
    assert said.split("\n")[:3] == ["      2  Đang xử lý", "      1  Chờ họp thôn (chưa biết nghĩa)", "3 hồ sơ."]
    assert "H48" not in said


def test_the_call_list_is_worked_off(store: Store) -> None:
    row = {
        "unit_id": "mau",
        "id": "a1",
        "code": code(1),
        "procedure": "Khai sinh",
        "reason": "kênh đã đóng",
        "made_at": NOW,
    }
    store.transact(lambda c: c.execute(insert(calls), {**row, "words": "Hồ sơ đã xong."}))
    said = run("calls", "list")
    assert f"a1  {code(1)}  Khai sinh; kênh đã đóng" in said
    assert "1 cuộc cần gọi." in said
    run("calls", "done", "a1", "--outcome", f"đã báo, số {PHONE}")
    [done] = rows(store, calls)
    assert done.done_by == "Lan"
    assert PHONE not in done.outcome
    assert "0 cuộc cần gọi." in run("calls", "list")
    assert "Không có cuộc gọi a1" in refused("calls", "done", "a1")


def test_every_act_of_an_officer_stands_in_the_audit_without_anybody_else(store: Store, tmp_path: Path) -> None:
    run("dossiers", "import", export(tmp_path), "--yes", "--until", ago(1))
    run("dossiers", "follow", code(1))
    run("dossiers", "charge", code(1), "--amount", "1000")
    run("dossiers", "charge", code(1), "--paid")
    run("dossiers", "undo")
    lines = rows(store, audit)
    assert sorted(line.what for line in lines) == sorted(
        ["columns_confirmed", "dossiers_imported", "follow_code_made", "charge_marked", "charge_paid", "import_undone"]
    )
    assert all(json.loads(line.detail)["by"] == "Lan" for line in lines)
    assert code(1) not in "".join(line.detail for line in lines)


@pytest.mark.parametrize(("typed", "read"), [
    ("17:00 27/11/2026", "17:00 ngày 27/11/2026"), ("27/11/2026", "17:00 ngày 27/11/2026"),
    ("27-11-2026 lúc 8h", "08:00 ngày 27/11/2026"), ("8h 27/11/2026", "08:00 ngày 27/11/2026"),
    ("7 giờ 30, 1.2.2026", "07:30 ngày 01/02/2026"), ("16g45 1/2/2026", "16:45 ngày 01/02/2026"),
])  # fmt: skip
def test_a_moment_is_read_as_officers_type_it(typed: str, read: str) -> None:
    assert shown(moment(typed)) == read


@pytest.mark.parametrize("typed", ["hôm qua", "31/02/2026", "25:00 27/11/2026", ""])
def test_a_moment_that_is_none_is_asked_for(typed: str) -> None:
    with pytest.raises(ClickException, match="17:00 27/11/2026"):
        moment(typed)
