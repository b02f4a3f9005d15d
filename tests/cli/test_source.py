"""Where incidents come from: flags, files, streams, and what is wrong with them."""

import io
import json
from pathlib import Path

import pytest

from dutyroute.cli.command import Unusable
from dutyroute.cli.incidents import LONGEST_LINE, incidents_in
from dutyroute.messages import Phrasebook

PARKING = {"matter": "parking"}
CLUTTER = {"matter": "clutter", "id": "2"}


@pytest.fixture
def say() -> Phrasebook:
    return Phrasebook("en")


def given(
    text: str | bytes, say: Phrasebook, monkeypatch: pytest.MonkeyPatch, form: str | None = None
) -> list:
    raw = text if isinstance(text, bytes) else text.encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
    return [entry.data or (entry.broken and entry.broken.code) for entry in incidents_in("-", form, say)]


def lines(*objects: object) -> str:
    return "".join(json.dumps(each) + "\n" for each in objects)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(lines(PARKING, CLUTTER), id="one object a line"),
        pytest.param("\n\n  \n" + lines(PARKING, CLUTTER), id="blank lines first"),
        pytest.param("\ufeff" + lines(PARKING, CLUTTER), id="a mark at the start"),
        pytest.param(lines(PARKING, CLUTTER).replace("\n", "\r\n"), id="lines of Windows"),
        pytest.param(json.dumps([PARKING, CLUTTER]), id="a list on one line"),
        pytest.param(json.dumps([PARKING, CLUTTER], indent=2), id="a list on many lines"),
        pytest.param(json.dumps({"incidents": [PARKING, CLUTTER]}, indent=2), id="a list under a key"),
        pytest.param("- matter: parking\n- {matter: clutter, id: '2'}\n", id="a YAML list"),
        pytest.param("# a remark\nincidents:\n- matter: parking\n- {matter: clutter, id: '2'}\n", id="YAML"),
    ],
)
def test_the_first_line_tells_how_a_stream_is_written(text, say, monkeypatch) -> None:
    assert given(text, say, monkeypatch) == [PARKING, CLUTTER]


def test_a_single_mapping_is_one_incident(say, monkeypatch) -> None:
    assert given(json.dumps(PARKING, indent=2), say, monkeypatch) == [PARKING]
    assert given("matter: parking\n", say, monkeypatch) == [PARKING]


def test_written_cases_can_be_routed_as_they_are(say, monkeypatch) -> None:
    text = "cases:\n- id: one\n  incident: {matter: parking}\n  expect: {lead: street}\n  because: so\n"
    assert given(text, say, monkeypatch) == [{"id": "one", "matter": "parking"}]


def test_yaml_that_begins_like_json_needs_to_be_told(say, monkeypatch) -> None:
    assert given("{matter: parking}\n", say, monkeypatch) == ["json-syntax"]
    assert given("{matter: parking}\n", say, monkeypatch, "yaml") == [PARKING]


@pytest.mark.parametrize(
    "line,code",
    [
        ('{"matter": ', "json-syntax"),
        ("{'matter': 'parking'}", "json-syntax"),
        ('{"matter": "parking"} {}', "json-more"),
        ('{"matter": "parking", "matter": "clutter"}', "json-key-twice"),
        ('{"matter": "parking", "cars": NaN}', "json-no-number"),
        ('{"matter": "parking", "cars": -Infinity}', "json-no-number"),
        ('{"matter": "parking", "cars": ' + "9" * 5000 + "}", "json-long-number"),
        ('{"matter": ' + "[" * 100_000, "json-too-deep"),
        ('{"matter": "' + "x" * LONGEST_LINE + '"}', "line-too-long"),
        ('{"matter": "违章停车"}'.encode("gbk"), "gbk-text"),
        (b'{"matter": "\xff\xff\xff"}', "not-utf8-text"),
    ],
    ids=lambda value: value if len(value) < 40 and isinstance(value, str) else "…",
)
def test_a_line_that_cannot_be_read_does_not_stop_the_others(line, code, say, monkeypatch) -> None:
    raw = line if isinstance(line, bytes) else line.encode()
    text = b"\n".join((json.dumps(PARKING).encode(), raw, json.dumps(CLUTTER).encode()))
    assert given(text, say, monkeypatch) == [PARKING, code, CLUTTER]


def test_the_value_of_a_refusal_may_be_nested_as_deeply_as_json_can_be_read(run) -> None:
    line = '{"matter": "治安", "x": ' + 600 * "[" + 600 * "]" + "}"
    done = run("route", "-", "--format", "json", input=f"{line}\n".encode())
    (told,) = map(json.loads, done.out.splitlines())
    assert (done.status, told["error"]["code"], told["error"]["value"]) == (1, "incident-unknown-fact", None)


@pytest.mark.parametrize(
    "name,content,message",
    [
        ("a.json", b"", None),
        ("a.json", b"{", "a.json:1:2: error[json-syntax]: not valid JSON from column 2 on; "),
        ("a.json", b'{"matter": "x"}\n{"matter": "y"}\n', "a.json:2:1: error[json-more]: "),
        ("a.json", b"[" * 100_000, "a.json:1:1: error[json-too-deep]: "),
        ("a.json", '{"matter": "违章停车"}'.encode("gbk"), "a.json:1:1: error[gbk-text]: "),
        ("a.yaml", "matter: 违章停车".encode("gbk"), "a.yaml:1:9: error[gbk-encoding]: "),
        ("a.yaml", b"matter: parking\nmatter: clutter\n", "a.yaml:2:1: error[duplicate-key]: "),
        ("a.yaml", b"", None),
        (
            "a.txt",
            b"x",
            "error: unknown format of a.txt (known: .json, .jsonl, .ndjson, .yaml, .yml); ",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 40 else "…",
)
def test_a_file_that_cannot_be_read_says_why(name, content, message, say, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(content)
    if message is None:
        assert list(incidents_in(name, None, say)) == []
        return
    with pytest.raises(Unusable) as caught:
        list(incidents_in(name, None, say))
    assert caught.value.message.startswith(message)


def test_a_file_that_is_none_says_so(say, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder.yaml").mkdir()
    for name, message in {
        "nothing.yaml": "error: `nothing.yaml` does not exist",
        "folder.yaml": "error: folder.yaml is a folder; give one of its files",
        "a\0b": "error: `a\\x00b` does not exist",
    }.items():
        with pytest.raises(Unusable) as caught:
            list(incidents_in(name, None, say))
        assert caught.value.message == message


def test_a_stream_is_read_no_further_than_it_is_used(say, monkeypatch) -> None:
    class Endless(io.RawIOBase):
        read_lines = 0

        def readable(self) -> bool:
            return True

        def readline(self, size: int = -1) -> bytes:
            self.read_lines += 1
            return b'{"matter": "parking"}\n'

    endless = Endless()
    monkeypatch.setattr("sys.stdin", type("Stdin", (), {"buffer": endless, "closed": False}))
    found = incidents_in("-", None, say)
    assert [next(found).line for _ in range(5)] == [1, 2, 3, 4, 5]
    assert endless.read_lines == 5
