"""A model proposed from an export loads, judges that export, covers what it says, and overwrites nothing."""

from pathlib import Path

import pytest
from shop import NOW

from bot.export import judge_export
from bot.init import AlreadyThereError, Initial, as_text, empty, propose_from, write
from config.load import load_model
from connectors.errors import ConnectorError
from connectors.larkfield.exports import write_exports
from rules.proposal.files import Files

HEAD = "Issue key,Issue id,Issue Type,Status,Summary,Created,Updated,Status Category\n"
GERMAN = (
    "Vorgangsschlüssel;Vorgangs-ID;Vorgangstyp;Status;Zusammenfassung;Erstellt;Aktualisiert\n"
    "LADEN-1;1;Fehler;In Arbeit;Lampe;2026-11-13 09:00;2026-11-20 09:00\n"
    "LADEN-2;2;Aufgabe;Erledigt;Tisch;2026-11-13 09:00;2026-11-20 09:00\n"
)


async def proposed(export: Path, out: Path) -> Initial:
    return await propose_from(export, out, lambda: NOW)


def row(key: str, status: str, updated: str) -> str:
    return f"{key},{key[-1]},Story,{status},Sell,01/Nov/26 9:00 AM,{updated}/Nov/26 9:00 AM,\n"


async def test_what_is_proposed_from_larkfields_exports_loads_and_judges_them(tmp_path: Path) -> None:
    exports, out = tmp_path / "exports", tmp_path / "operating-model"
    write_exports(exports)
    initial = await proposed(exports, out)
    written = write(initial, out)
    model = load_model(out).model
    assert {"booking", "tracking", "developer-platform"} <= set(model.products)
    assert all(product.owner is None for product in model.products.values())
    assert model.workflows["standard"].active == ["In Progress", "In Review"]
    told = await judge_export(exports, out, lambda: NOW)
    assert (told.unnamed, told.problems) == ((), ())
    coverage = {c.what: (c.part, c.whole) for c in initial.proposal.coverage} if initial.proposal else {}
    counted = [coverage["items in a proposed product"], coverage["pull requests in one"]]
    assert told.placed == sum(part for part, _ in counted)
    assert [selector.jira.project for selector in model.ignore if selector.jira] == ["SANDBOX"]
    assert not any("SANDBOX" in line.says for line in told.judged.lines)
    assert coverage["items left out, as trials"] == (35, 599)
    for path in written:
        assert path.read_text(encoding="utf-8").endswith("\n")


async def test_it_says_what_it_covers_what_it_asks_and_what_to_do_next(tmp_path: Path) -> None:
    exports, out = tmp_path / "exports", tmp_path / "operating-model"
    write_exports(exports)
    text = as_text(await proposed(exports, out), exports, out, dry=False)
    assert "people with an e-mail address    0 % (0 of " in text
    assert "Who is the accountable product manager of Booking? Decides" in text
    assert f"{out}/products/booking.yaml:" in text
    assert f"opsbot --model {out} judge --from {exports}" in text


async def test_the_same_export_gives_the_same_files(tmp_path: Path) -> None:
    write_exports(tmp_path / "exports")
    first = await proposed(tmp_path / "exports", tmp_path / "model")
    assert (await proposed(tmp_path / "exports", tmp_path / "model")).files == first.files


async def test_words_of_a_german_export_are_proposals(tmp_path: Path) -> None:
    export = tmp_path / "export.csv"
    export.write_text(GERMAN, encoding="utf-8")
    text = (await proposed(export, tmp_path / "model")).files.texts["company.yaml"]
    assert "- In Arbeit   # proposal: by its name alone, 1 item" in text
    assert "Is the type Aufgabe a feature, defect, risk, debt or experiment?" in text


async def test_what_stands_in_two_files_counts_once_and_the_newer_wins(tmp_path: Path) -> None:
    for name, rows in (
        ("a.csv", row("SHOP-1", "Doing", "20") + row("SHOP-2", "Doing", "20")),
        ("b.csv", row("SHOP-1", "Open", "14") + row("SHOP-2", "Gone", "21")),
    ):
        (tmp_path / name).write_text(HEAD + rows, encoding="utf-8")
    initial = await proposed(tmp_path, tmp_path / "model")
    assert initial.proposal is not None
    assert {s.word: s.items for s in initial.proposal.meanings.statuses} == {"Doing": 1, "Gone": 1}
    assert "2 items stand in the export a second time; the newest of each counts." in initial.notes


async def test_a_source_is_named_from_the_folder_the_model_lies_in(tmp_path: Path) -> None:
    export = tmp_path / "export.csv"
    export.write_text(HEAD + row("SHOP-1", "Open", "14"), encoding="utf-8")
    inside = await proposed(export, tmp_path / "operating-model")
    outside = await proposed(export, tmp_path / "other" / "operating-model")
    assert "file: export.csv}" in inside.files.texts["company.yaml"]
    assert str(export) in outside.files.texts["company.yaml"]


def test_files_that_are_there_are_named_and_left_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "products").mkdir()
    (tmp_path / "products" / "shop.yaml").write_text("name: Shop\n", encoding="utf-8")
    with pytest.raises(
        AlreadyThereError, match=r"products/shop\.yaml already exists; nothing was written"
    ) as caught:
        write(empty(), tmp_path)
    assert "--out" in str(caught.value)
    assert not (tmp_path / "company.yaml").exists()


def test_a_file_behind_a_link_is_left_as_it_is(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "shop.yaml").write_text("name: Shop\n", encoding="utf-8")
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "products").symlink_to(elsewhere)
    two = Initial(Files({"company.yaml": "", "products/shop.yaml": "name: Other\n"}, ()))
    with pytest.raises(AlreadyThereError, match=r"products/shop\.yaml already exists; nothing was written"):
        write(two, tmp_path / "model")
    assert (elsewhere / "shop.yaml").read_text(encoding="utf-8") == "name: Shop\n"
    assert not (tmp_path / "model" / "company.yaml").exists()


async def test_commands_to_copy_quote_what_a_shell_would_take_apart(tmp_path: Path) -> None:
    export = tmp_path / "my export.csv"
    export.write_text(HEAD + row("SHOP-1", "Open", "14"), encoding="utf-8")
    out = tmp_path / "the model"
    initial = await proposed(export, out)
    write(initial, out)
    commands = as_text(initial, export, out, dry=False)
    assert f"opsbot model check '{out}'" in commands
    assert f"opsbot --model '{out}' judge --from '{export}'" in commands
    judged = await judge_export(export, None, lambda: NOW)
    assert f"opsbot init --from '{export}'   proposes" in judged.as_text()


def test_without_an_export_the_smallest_model_is_written_with_its_questions(tmp_path: Path) -> None:
    assert [path.name for path in write(empty(), tmp_path)] == ["company.yaml", "QUESTIONS.md"]
    assert not load_model(tmp_path).model.products
    assert "What is your company called?" in as_text(empty(), None, tmp_path, dry=False)


async def test_what_is_no_export_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello", encoding="utf-8")
    with pytest.raises(ConnectorError):
        await proposed(tmp_path / "notes.txt", tmp_path / "model")
