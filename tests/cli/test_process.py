"""The program as a shell knows it: streams, pipes, encodings, signals, exit statuses."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys

import pytest

LINE = b'{"matter": "parking", "cars": 1, "has_company": false}\n'
posix = pytest.mark.skipif(os.name != "posix", reason="signals and pipes of POSIX")


def start(program, environment, *arguments: str, **more) -> subprocess.Popen[bytes]:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([*program, *arguments], env=environment, **{**pipes, **more})


def said(stderr: bytes) -> str:
    """What went to standard error, but for the line that says which rulebook was used."""
    return re.sub("^(?:Rules: |规则：).*sha256:[0-9a-f]{12}\n", "", stderr.decode(), flags=re.MULTILINE)


@contextlib.contextmanager
def running(program, environment, *arguments: str, **more):
    process = start(program, environment, *arguments, **more)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for stream in filter(None, (process.stdin, process.stdout, process.stderr)):
            with contextlib.suppress(BrokenPipeError):
                stream.close()


def test_each_line_is_answered_as_it_comes(program, environment, rules) -> None:
    with running(program, environment, "route", "--rules", rules, "--format", "json", "-") as process:
        for number in range(3):
            process.stdin.write(LINE)
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["status"] == "routed", number
        process.stdin.close()
        assert process.wait(20) == 0


@posix
def test_a_reader_that_goes_away_ends_the_program_quietly(program, environment, rules) -> None:
    with running(program, environment, "route", "--rules", rules, "-") as process:
        process.stdin.write(LINE)
        process.stdin.flush()
        process.stdout.readline()
        process.stdout.close()
        with contextlib.suppress(BrokenPipeError):
            for _ in range(2000):
                process.stdin.write(LINE)
                process.stdin.flush()
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        assert process.wait(30) == 141
        assert said(process.stderr.read()) == ""


@posix
def test_control_c_ends_the_program_quietly(program, environment, rules) -> None:
    with running(program, environment, "route", "--rules", rules, "--format", "json", "-") as process:
        process.stdin.write(LINE)
        process.stdin.flush()
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert said(process.stderr.read()) == ""


def test_memory_does_not_grow_with_the_stream(program, environment, rules) -> None:
    pytest.importorskip("resource")
    script = (
        "import sys, resource; from dutyroute.cli.app import run;"
        "status = run(sys.argv[1:]);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr); sys.exit(status)"
    )
    peaks = []
    for count in (100, 5_000):
        done = subprocess.run(
            [sys.executable, "-c", script, "route", "--rules", rules, "--format", "json", "-"],
            input=LINE * count,
            capture_output=True,
            env=environment,
            timeout=60,
        )
        assert done.returncode == 0
        assert done.stdout.count(b"\n") == count
        peaks.append(int(said(done.stderr)))
    unit = 1 if sys.platform == "darwin" else 1024
    assert (peaks[1] - peaks[0]) * unit < 8 * 1024 * 1024


ENCODINGS = pytest.mark.parametrize("encoding", ["gbk", "ascii", "latin-1", "utf-8"])


@ENCODINGS
def test_any_terminal_takes_what_a_program_prints(spawn, rules, encoding: str) -> None:
    arguments = (
        "route",
        "--rules",
        rules,
        "--matter",
        "parking",
        "--fact",
        "text=\U0001f6b2 ·“é”",
        "--explain",
    )
    done = spawn(*arguments, PYTHONIOENCODING=encoding, LC_ALL="C.UTF-8", PYTHONUTF8="1")
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert b"\x1b" not in done.stdout
    if encoding in ("gbk", "utf-8"):
        assert "规则库" in done.stdout.decode(encoding)


@ENCODINGS
@pytest.mark.parametrize(
    "arguments,status,expected",
    [
        (("matrix", "--rules", "RULES"), 0, "规则库"),
        (("trace", "--rules", "RULES"), 0, "规则库"),
        (("--help",), 0, "用法"),
        (("route", "--rules", "RULES", "--matter", "违章停东"), 2, "违章停车"),
    ],
)
def test_any_terminal_takes_what_is_printed(
    run, rules, encoding: str, arguments, status: int, expected: str
) -> None:
    done = run(*(a.replace("RULES", rules) for a in arguments), encoding=encoding)
    assert done.status == status
    assert "Traceback" not in done.err
    assert "\x1b" not in done.out
    if encoding in ("gbk", "utf-8"):
        assert expected in done.out + done.err


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "utf-8"])
def test_json_stays_json_in_any_encoding(spawn, rules, encoding: str) -> None:
    done = spawn("matrix", "--rules", rules, "--format", "json", PYTHONIOENCODING=encoding)
    assert json.loads(done.stdout.decode(encoding))["matters"][0]["name"] == "违法行为"


@pytest.mark.parametrize(
    "arguments,status",
    [
        (("route", "--rules", "RULES", "--matter", "parking"), 0),
        (("route", "--rules", "RULES", "--matter", "complaint"), 1),
        (("route", "--rules", "RULES", "--matter", "nothing"), 2),
        (("check", "INPUT"), 3),
    ],
)
def test_a_program_ends_with_the_status_that_the_manual_says(spawn, rules, arguments, status: int) -> None:
    folder = os.path.dirname(rules)
    done = spawn(
        *(a.replace("RULES", rules).replace("INPUT", os.path.join(folder, "input")) for a in arguments)
    )
    assert done.returncode == status, done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert bool(said(done.stderr)) is (status == 2)


@pytest.mark.parametrize(
    "arguments,status",
    [
        (("--help",), 0),
        (("--version",), 0),
        ((), 0),
        (("route",), 2),
        (("nothing",), 2),
        (("route", "--rules", "nothing", "--matter", "parking"), 2),
        (("route", "--rules", "nothing\x01", "--matter", "parking"), 2),
        (("route", "--rules", "INPUT", "--matter", "parking"), 3),
        (("check", "INPUT"), 3),
        (("check", "nothing"), 2),
        (("test", "--rules", "RULES", "INPUT/incidents.yaml"), 3),
        (("test", "--rules", "RULES", "nothing"), 2),
        (("schema", "--rules", "RULES"), 2),
        (("schema", "--rules", "RULES", "--out", "RULES/rules.yaml"), 2),
    ],
)
def test_the_exit_status_is_what_the_manual_says(run, rules, arguments, status: int) -> None:
    folder = os.path.dirname(rules)
    done = run(
        *(a.replace("RULES", rules).replace("INPUT", os.path.join(folder, "input")) for a in arguments)
    )
    assert done.status == status, done.err
    assert bool(done.err) is ((status in (2, 3) and arguments[0] != "check") or status == 2)


@posix
@pytest.mark.parametrize("no_color", [False, True])
def test_a_terminal_gets_colours_unless_it_says_no(program, environment, rules, no_color: bool) -> None:
    import pty

    ours, theirs = pty.openpty()
    more = {"NO_COLOR": "1"} if no_color else {}
    kept = {name: value for name, value in environment.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    command = [*program, "route", "--rules", rules, "--matter", "parking"]
    with subprocess.Popen(command, env={**kept, "TERM": "xterm", **more}, stdout=theirs) as process:
        os.close(theirs)
        seen = b""
        with contextlib.suppress(OSError):  # Linux ends a terminal with an error
            while part := os.read(ours, 65536):
                seen += part
        assert process.wait(20) == 0
    os.close(ours)
    assert "街道办事处" in seen.decode()
    assert (b"\x1b[32m" in seen or b"\x1b[1;33m" in seen) is not no_color


@posix
@pytest.mark.parametrize("arguments", [("--help",), ("route", "--rules", "RULES", "--matter", "parking")])
def test_a_closed_output_is_no_reason_to_fail(program, environment, rules, arguments) -> None:
    command = [*program, *(a.replace("RULES", rules) for a in arguments)]
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *command], env=environment, stderr=subprocess.PIPE, timeout=60
    )
    assert said(done.stderr) == ""
    assert done.returncode == 0


@posix
def test_a_closed_input_is_said_to_be_closed(program, environment, rules) -> None:
    command = ["sh", "-c", 'exec "$@" <&-', "sh", *program, "route", "--rules", rules, "-"]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=60)
    assert (done.returncode, said(done.stderr)) == (2, "错误：标准输入是关闭的\n")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_is_told(program, environment, rules) -> None:
    with (
        open("/dev/full", "wb") as full,
        running(
            program, environment, "route", "--rules", rules, "--matter", "parking", stdout=full
        ) as process,
    ):
        assert process.wait(20) == 2
        assert said(process.stderr.read()).startswith("错误：无法读写（")


@pytest.mark.skipif(os.name != "posix", reason="limits are POSIX")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_disk_that_is_full_halfway_is_told(program, environment, tmp_path, unbuffered: str) -> None:
    """A write that takes only a part of the text is no success."""
    import resource

    # Python would write only a part of a compiled module, too, and every later import of it would fail.
    limited = {**environment, "PYTHONUNBUFFERED": unbuffered, "PYTHONDONTWRITEBYTECODE": "1"}
    with (tmp_path / "out").open("wb") as out:
        done = subprocess.run(
            [*program, "matrix"],
            env=limited,
            stdout=out,
            stderr=subprocess.PIPE,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)),
            timeout=60,
        )
    assert (done.returncode, b"File too large" in done.stderr) == (2, True)


def test_help_loads_no_more_than_it_needs(program, environment) -> None:
    script = (
        "import sys; import dutyroute; before = set(sys.modules);"
        "from dutyroute.cli.app import run; run(['--help']);"
        "heavy = {'pydantic', 'rich', 'yaml', 'dutyroute.cli.commands.route', 'dutyroute.routing.router'};"
        "print(sorted(heavy & (set(sys.modules) - before)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, timeout=60)
    assert said(done.stderr).strip() == "[]"
