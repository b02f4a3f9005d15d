"""`dutyroute check --watch`, as a person at a terminal uses it."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Timer
from typing import Any

import pytest

pytest.importorskip("watchfiles", reason="pip install 'dutyroute[watch]'")


class Terminal:
    """A running program whose output is read up to a line that was waited for."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def until(self, wanted: str) -> list[str]:
        """Read lines up to the one that contains a text."""
        lines: list[str] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            lines.append(line.rstrip("\n"))
            if wanted in line:
                return lines
        raise AssertionError(f"ended before `{wanted}`:\n" + "\n".join(lines))


@pytest.fixture
def folder(tmp_path: Path, rules: str) -> Path:
    shutil.copytree(rules, tmp_path / "rules")
    return tmp_path / "rules"


@pytest.fixture
def terminal(program: list[str], environment: dict[str, str], folder: Path) -> Iterator[Terminal]:
    process = subprocess.Popen(
        [*program, "check", str(folder), "--watch"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    alarm = Timer(30, process.kill)  # a program that says nothing must not stop the tests
    alarm.start()
    yield Terminal(process)
    alarm.cancel()
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def edit(folder: Path, old: str, new: str) -> None:
    path = folder / "rules.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_each_save_shows_what_it_changed_until_control_c(terminal: Terminal, folder: Path) -> None:
    terminal.until("按 Ctrl-C 结束")
    edit(folder, "assign: {patrol: street}", "assign: {patrol: housing}")
    assert terminal.until("   · ")[1:] == [
        "── 已保存：rules.yaml ──",
        "",
        "发现：错误 3、警告 2、提示 2（其余用 --notes 列出）",
        "决定有 1 种变化，涉及 1 类案件；此外的案件，决定都没有变化。",
        "",
        "1. 变化",
        "   - 住房和城乡建设局：新增巡查",
        "   - 街道办事处、镇人民政府：不再巡查",
        "   涉及的案件：",
        "   · 违法行为（全部），在院内：是",
    ]
    edit(folder, "assign: {patrol: housing}", "assign: {patrol: housng}")
    assert "   = 办法: 是否指 housing 住房和城乡建设局？" in terminal.until("暂时不能使用")
    edit(folder, "assign: {patrol: housng}", "assign: {patrol: street}")
    terminal.until("── 已保存：rules.yaml ──")
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.process.wait(20) == 130


def test_a_file_saved_by_renaming_another_over_it_is_noticed(terminal: Terminal, folder: Path) -> None:
    """As many editors save."""
    terminal.until("按 Ctrl-C 结束")
    (folder / ".rules.yaml.swp").write_text("not a rulebook", "utf-8")
    (folder / "rules.yaml.tmp").write_bytes((folder / "rules.yaml").read_bytes() + b"# more\n")
    (folder / "rules.yaml.tmp").rename(folder / "rules.yaml")
    assert terminal.until("决定")[-3:] == [
        "",
        "发现：错误 3、警告 2、提示 2（其余用 --notes 列出）",
        "任何案件的决定都没有变化。",
    ]


def test_a_new_and_a_removed_file_are_noticed(terminal: Terminal, folder: Path) -> None:
    terminal.until("按 Ctrl-C 结束")
    (folder / "more").mkdir()
    (folder / "more" / "new.yaml").write_text("rules: 1\n", "utf-8")
    terminal.until("暂时不能使用")
    (folder / "more" / "new.yaml").unlink()
    assert any("more" in line for line in terminal.until("任何案件的决定都没有变化。"))


def test_watching_is_for_people(run: Any) -> None:
    answer = run("check", "--watch", "--format", "json")
    assert (answer.status, answer.err) == (2, "错误：--watch 不能与 --format json 同用\n")
