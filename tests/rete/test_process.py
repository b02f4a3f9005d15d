"""The worker: whatever becomes of it, nothing is lost, and nothing of it is left over."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import pytest

from books import book, rule
from dutyroute import Decision, EngineError, IncidentError, MissingExtraError, Router, Rulebook
from dutyroute.messages.reason import reason
from dutyroute.rete.engine import Rete
from dutyroute.rete.lowering import ReteProgram
from dutyroute.rete.process import Worker

pytestmark = [
    pytest.mark.usefixtures("no_process_is_left"),
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as Linux shows them"),
]

INCIDENT = {"matter": "fire-lane", "urgent": True}
Workers = Callable[..., list[int]]


@pytest.fixture
def rulebook() -> Rulebook:
    return book(
        rule("lane", {"matter": "fire-lane"}, {"lead": "street-office"}),
        rule("urgent", {"urgent": True}, {"report": "property-company"}),
    )


@contextmanager
def signalling(workers: Workers, kind: signal.Signals) -> Iterator[None]:
    """Send a signal to each worker as soon as it is there, again and again."""
    done = Event()

    def send() -> None:
        while not done.wait(0.001):
            for worker in workers():
                with suppress(ProcessLookupError):  # gone since we looked
                    os.kill(worker, kind)

    thread = Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def test_a_worker_that_was_killed_is_replaced(rulebook: Rulebook, workers: Workers) -> None:
    """The question that it died on is put once more: the caller notices nothing."""
    with Router(rulebook, engine="rete") as router:
        expected: Decision = router.route(INCIDENT)
        assert expected == Router(rulebook).route(INCIDENT)
        for _ in range(3):
            (worker,) = workers()
            os.kill(worker, signal.SIGKILL)
            assert router.route(INCIDENT) == expected
            assert workers() != [worker]


def test_a_worker_that_dies_twice_on_one_question_is_an_error(rulebook: Rulebook, workers: Workers) -> None:
    """And the next question is answered by a fresh one."""
    with Router(rulebook, engine="rete") as router:
        with signalling(workers, signal.SIGSEGV), pytest.raises(EngineError) as caught:
            router.route(INCIDENT)
        assert caught.value == EngineError("engine-died", {"how": "SIGSEGV"})
        assert router.route(INCIDENT).lead == ("street-office",)


def test_a_worker_that_hangs_is_ended_within_the_limit(rulebook: Rulebook, workers: Workers) -> None:
    """A process that is stopped says nothing, like one that loops in C code."""
    worker = Worker(ReteProgram(rulebook).shards, limit=0.3)
    begun = time.monotonic()
    with signalling(workers, signal.SIGSTOP), pytest.raises(EngineError) as caught:
        worker.match([0], [ReteProgram(rulebook).attributes("fire-lane", {})])
    assert caught.value == EngineError("engine-hangs", {"limit": "0.3"})
    assert time.monotonic() - begun < 5
    worker.close()


def test_a_worker_that_hung_once_answers_after_all(rulebook: Rulebook) -> None:
    engine = Rete(rulebook, limit=2)
    facts = Router(rulebook).incident(INCIDENT).facts
    expected = engine.rule("fire-lane", facts)
    stopped = engine.worker.pid
    assert stopped is not None
    os.kill(stopped, signal.SIGSTOP)
    assert engine.rule("fire-lane", facts) == expected
    assert engine.worker.pid != stopped
    engine.close()


class Interrupted(Exception):
    """What a signal raises in the middle of a call, as Ctrl-C does."""


def test_an_interrupted_question_is_not_answered_later(rulebook: Rulebook) -> None:
    """The answer that comes too late would be taken for that to the next question."""

    def interrupt(*_: object) -> None:
        raise Interrupted

    engine = Rete(rulebook)
    facts = {"urgent": False}
    assert engine.rule("clutter", facts).lead == ()
    stopped = engine.worker.pid
    assert stopped is not None
    os.kill(stopped, signal.SIGSTOP)
    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    with pytest.raises(Interrupted):
        engine.rule("fire-lane", facts)
    signal.signal(signal.SIGALRM, before)
    assert engine.rule("clutter", facts).lead == ()
    assert engine.rule("fire-lane", facts).lead == ("street-office",)
    engine.close()


def test_a_router_ends_its_worker(rulebook: Rulebook, workers: Workers) -> None:
    """When it is closed, and when nobody has it any more."""
    with Router(rulebook, engine="rete") as router:
        router.route(INCIDENT)
        assert len(workers()) == 1
    assert workers() == []
    with pytest.raises(EngineError) as caught:
        router.route(INCIDENT)
    assert caught.value.code == "engine-closed"
    forgotten = Router(rulebook, engine="rete")
    forgotten.route(INCIDENT)
    assert len(workers()) == 1
    del forgotten, router, caught
    gc.collect()
    assert workers() == []


def test_a_program_that_is_killed_leaves_no_worker(workers: Workers, tmp_path: Path) -> None:
    """Its pipes are closed then, and the worker ends by itself."""
    program = (
        "import time\nfrom dutyroute import Router\n"
        "router = Router(Router.shipped().rulebook, engine='rete')\nrouter.route({'matter': 'clutter'})\n"
        "print('routed', flush=True)\ntime.sleep(60)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, env=environment
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"routed\n"
        (worker,) = workers(running.pid)
        running.kill()
    deadline = time.monotonic() + 10
    while _is_alive(worker) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _is_alive(worker)


def _is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_fork_starts_a_worker_of_its_own(rulebook: Rulebook, workers: Workers) -> None:
    """The pipes of the other would mix two conversations."""
    with Router(rulebook, engine="rete") as router:
        expected = router.route(INCIDENT)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                is_equal = router.route(INCIDENT) == expected
                router.close()
                os.write(writing, b"equal" if is_equal else b"other")
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        assert os.read(reading, 5) == b"equal"
        os.close(reading)
        os.close(writing)
        assert len(workers()) == 1
        assert router.route(INCIDENT) == expected


def test_durable_rules_that_cannot_be_loaded_says_how_to_install_it(
    rulebook: Rulebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Python 3.13, where it installs and then lacks a symbol."""
    (tmp_path / "durable").mkdir()
    (tmp_path / "durable" / "__init__.py").write_text(
        "raise ImportError('undefined symbol: PyEval_CallObject')"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    with Router(rulebook, engine="rete") as router, pytest.raises(EngineError) as caught:
        router.route(INCIDENT)
    said = reason("undefined symbol: PyEval_CallObject")
    assert caught.value == EngineError("engine-not-loaded", {"reason": said})
    assert "CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject" in caught.value.describe("zh")


def test_without_durable_rules_the_extra_is_named(
    rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setattr(sys, "path_importer_cache", {})
    with pytest.raises(MissingExtraError) as caught:
        Router(rulebook, engine="rete")
    assert caught.value == MissingExtraError("rete", "durable_rules_engine")


def test_warnings_that_are_errors_do_not_reach_the_worker(
    rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every action of durable-rules warns on Python 3.12 and later, and an error there would swallow it."""
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    with Router(rulebook, engine="rete") as router:
        assert router.route(INCIDENT).lead == ("street-office",)


def test_an_incident_with_too_many_answers_is_refused(many_questions: Rulebook) -> None:
    """By name, and never guessed; with fewer unknown facts it is answered."""
    with Router(many_questions, engine="rete") as router:
        with pytest.raises(IncidentError) as caught:
            router.route({"matter": "complaint", "id": "A-1"})
        assert caught.value == IncidentError("incident-too-open-for-rete", incident="A-1")
        some = {"matter": "complaint", **dict.fromkeys([f"q{i}" for i in range(6)], False)}
        assert router.route(some) == Router(many_questions).route(some)
