"""The programs in examples/ run, and the rulebook of another domain routes."""

from __future__ import annotations

import asyncio
import csv
import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from dutyroute import Ledger, Router
from dutyroute.analysis import check

EXAMPLES = Path(__file__).parent.parent / "examples"
INCIDENT = {"matter": "fire-lane-blocking", "respondent": "owner", "has_property_company": True}


def loaded(name: str) -> ModuleType:
    """Import a program of examples/ as it is."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_http_service_decides_and_answers_a_misspelt_matter_with_a_hint() -> None:
    pytest.importorskip("fastapi", reason="FastAPI is in the extra `test`")
    httpx = pytest.importorskip("httpx", reason="httpx is in the extra `test`")
    transport = httpx.ASGITransport(app=loaded("fastapi_app").app)

    async def answers() -> list[Any]:
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            right = await client.post("/decisions", json=INCIDENT)
            wrong = await client.post("/decisions", json={"matter": "fire-lane-bloking"})
            return [right, wrong, await client.get("/rulebook")]

    decided, refused, rulebook = asyncio.run(answers())
    assert (decided.status_code, decided.json()["rulings"][0]["lead"]) == (200, ["street-office"])
    hint = refused.json()["detail"]["suggestion"]
    assert (refused.status_code, hint) == (422, "fire-lane-blocking 占用消防通道")
    assert rulebook.json()["digest"] == decided.json()["rulebook"]["digest"]


def test_the_celery_task_records_what_it_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("celery", reason="Celery is in the extra `test`")
    monkeypatch.setenv("LEDGER", str(tmp_path / "duties.db"))
    tasks = loaded("celery_tasks")
    decision = tasks.decide.apply(args=[{**INCIDENT, "text": "三号楼北侧"}]).get()
    with Ledger.open(tmp_path / "duties.db", create=False) as ledger:
        (entry,) = ledger.entries()
        assert entry.content["decision"] == decision
        assert ledger.proves(1, "text", "三号楼北侧")


def test_the_nightly_job_decides_every_row_and_reports_the_unreadable_one(tmp_path: Path) -> None:
    source, target = tmp_path / "cases.csv", tmp_path / "decided.csv"
    rows = "fire-lane-blocking,owner,A-1\nfire-lane-bloking,,=1+1\n\nclutter,owner,A-3,\n"
    source.write_text(f"matter,respondent,id\n{rows}", "utf-8")
    job = loaded("nightly_csv")
    assert job.main(str(source), str(target)) == 1
    with target.open(encoding="utf-8-sig", newline="") as file:
        first, second, third = csv.DictReader(file)
    assert (first["lead"], first["error"]) == ("street-office", "")
    assert (second["status"], "fire-lane-blocking" in second["error"]) == ("error", True)
    assert (second["id"], third["error"]) == ("'=1+1", "3 列，这一行有 4 格")


def test_a_rulebook_of_another_domain_routes() -> None:
    """Nothing in the engine is tied to the policy that is shipped."""
    router = Router.load(EXAMPLES / "shop" / "rules")
    decision = router.route({"matter": "lost-parcel", "insured": True})
    assert (decision.status, decision.lead) == ("routed", ("carrier",))
    assert router.route({"matter": "lost-parcel"}).ask == ("insured", "value")
    assert check(router.rulebook).findings == ()
