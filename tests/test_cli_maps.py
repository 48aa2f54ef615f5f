"""Maps in a terminal: made up, imported, listed, shown and deleted."""

from pathlib import Path

import pytest

from cli import main


def test_a_map_is_made_up_imported_listed_shown_and_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOOKAHEAD_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    made = ["maps", "generate", "maze", "--width", "9", "--height", "7", "--seed", "3"]
    assert main(made) == 0
    Path("maze.json").write_text(capsys.readouterr().out)
    assert main(["maps", "import", "maze.json", "--name", "Mine"]) == 0
    imported = capsys.readouterr().out.strip()
    assert main([*made, "--save", "Mine"]) == main(["maps", "import", "maze.json", "other.json"]) == 2
    error = capsys.readouterr().err
    assert "--name: there is a map 'Mine' already" in error
    assert "--file: other.json cannot be read: No such file or directory" in error
    assert main(["maps", "list"]) == main(["maps", "show", imported]) == 0
    out = capsys.readouterr().out
    assert out.count("Mine") == 2
    assert "imported from maze.json" in out
    assert [main(["maps", "delete", imported]), main(["maps", "delete", "office"])] == [0, 2]
    assert capsys.readouterr().err == "there is no map office that can be deleted\n"
    assert main(["maps", "generate", "rooms", "--room", "1"]) == 2
    assert capsys.readouterr().err.startswith("--room: rooms of 1 m are too small")
