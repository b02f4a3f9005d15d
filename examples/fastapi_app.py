"""
Route incidents over HTTP with FastAPI.

pip install dutyroute fastapi uvicorn
uvicorn fastapi_app:app
curl localhost:8000/decisions -H 'content-type: application/json' -d '{"matter": "clutter"}'
"""

from typing import Any

from fastapi import FastAPI, HTTPException

from dutyroute import IncidentError, Router

app = FastAPI(title="dutyroute")
router = Router.shipped()  # immutable: all requests share it; Router.load("rules") takes your own rules


@app.post("/decisions")
def decide(incident: dict[str, Any]) -> dict[str, Any]:
    """Decide who must do what; an incident that cannot be read is answered with 422 and a hint."""
    try:
        return router.route(incident).to_dict()
    except IncidentError as error:
        hint = {"fact": error.fact, "suggestion": error.suggestion, "message": error.describe("en")}
        raise HTTPException(422, hint) from error


@app.get("/rulebook")
def rulebook() -> dict[str, str]:
    """Say which rulebook decides: every decision carries the same digest."""
    book = router.rulebook
    return {"id": book.id, "edition": book.edition, "digest": book.digest}
