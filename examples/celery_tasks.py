"""
Decide incidents in Celery workers and record each decision in a ledger.

pip install dutyroute celery
celery -A celery_tasks worker
"""

import os
from datetime import UTC, datetime
from typing import Any

from celery import Celery

from dutyroute import Ledger, LedgerError, Router

app = Celery("duties", broker=os.environ.get("BROKER", "memory://"), backend="cache+memory://")
router = Router.shipped()


@app.task(autoretry_for=(LedgerError,), retry_backoff=True, max_retries=5)  # a full disk, a busy server
def decide(incident: dict[str, Any]) -> dict[str, Any]:
    """
    Decide one incident; the decision is on the disk before it is returned.

    The text that a citizen wrote is recorded as a salted hash only.
    """
    decision = router.route(incident).to_dict()
    digest = router.rulebook.digest
    with Ledger.open(os.environ.get("LEDGER", "duties.db")) as ledger:
        ledger.append(incident, decision, edition=digest, at=datetime.now(UTC), redact=["text"])
    return decision
