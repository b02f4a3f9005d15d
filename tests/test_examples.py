"""The programs in examples/ run, and the rulebook of another domain routes."""

from __future__ import annotations

import csv
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from dutyroute import Ledger, Router
from dutyroute.analysis import check
from dutyroute.cases import run_cases

EXAMPLES = Path(__file__).parent.parent / "examples"
INCIDENT = {"matter": "fire-lane-blocking", "respondent": "owner", "has_property_company": True}


def loaded(name: str) -> ModuleType:
    """Import a program of examples/ as it is."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_http_service_decides_and_answers_a_misspelt_matter_with_a_hint() -> None:
    pytest.importorskip("fastapi", reason="FastAPI is in the extra `test`")
    pytest.importorskip("httpx", reason="httpx is in the extra `test`")
    from fastapi.testclient import TestClient

    client = TestClient(loaded("fastapi_app").app)
    decided = client.post("/decisions", json=INCIDENT)
    assert (decided.status_code, decided.json()["rulings"][0]["lead"]) == (200, ["street-office"])
    refused = client.post("/decisions", json={"matter": "fire-lane-bloking"})
    assert (refused.status_code, refused.json()["detail"]["suggestion"]) == (422, "fire-lane-blocking")
    assert client.get("/rulebook").json()["digest"] == decided.json()["rulebook"]["digest"]


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
    source.write_text("matter,respondent\nfire-lane-blocking,owner\nfire-lane-bloking,\n", "utf-8")
    job = loaded("nightly_csv")
    assert job.main(str(source), str(target)) == 1
    with target.open(encoding="utf-8-sig", newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["lead"], first["error"]) == ("street-office", "")
    assert (second["status"], "fire-lane-blocking" in second["error"]) == ("error", True)


def test_a_rulebook_of_another_domain_routes() -> None:
    """Nothing in the engine is tied to the policy that is shipped."""
    router = Router.load(EXAMPLES / "shop" / "rules")
    decision = router.route({"matter": "lost-parcel", "insured": True})
    assert (decision.status, decision.lead) == ("routed", ("carrier",))
    assert router.route({"matter": "lost-parcel"}).ask == ("insured", "value")
