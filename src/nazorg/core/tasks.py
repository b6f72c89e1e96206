"""The clock's jobs: what is due leaves the house, what broke off is started again, what nobody asks for any more is thrown away.

Every job here may run twice: one that a killed worker left is given to another.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from nazorg.core import outbox
from nazorg.core.models import IdempotencyKey

log = logging.getLogger(__name__)
KEPT = timedelta(days=30)
"""How long a finished job and an idempotency key are kept: nobody repeats a request after a month."""


@app.periodic(cron="* * * * *")
@app.task(name="outbox", queueing_lock="outbox")
def send_what_is_due(timestamp: int) -> int:
    """Send what waits in the outbox, until nothing is due."""
    sent = 0
    while turn := outbox.send_due():
        sent += turn
    return sent


@app.periodic(cron="* * * * *")
@app.task(name="stalled", queueing_lock="stalled", pass_context=True)
async def retry_what_broke_off(context: JobContext, timestamp: int) -> int:
    """Give the jobs of workers that are gone to another; without this they would stay `doing` for ever."""
    jobs = list(await context.app.job_manager.get_stalled_jobs())
    for job in jobs:
        log.warning("job %s %s broke off with its worker; it is started again", job.id, job.task_name)
        await context.app.job_manager.retry_job(job)
    return len(jobs)


@app.periodic(cron="20 3 * * *")
@app.task(name="prune", queueing_lock="prune", pass_context=True)
async def prune(context: JobContext, timestamp: int) -> None:
    """Throw away finished jobs and idempotency keys older than `KEPT`."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=KEPT // timedelta(hours=1), include_failed=True, include_cancelled=True, include_aborted=True
    )
    await IdempotencyKey.objects.filter(made_at__lt=timezone.now() - KEPT).adelete()


@app.periodic(cron="40 3 * * *")
@app.task(name="audit", queueing_lock="audit")
def audit(timestamp: int) -> None:
    """Ask whether books, shelves and coupons still add up; a job that failed means that they do not (`nazorg doctor` says so)."""
    call_command("audit")
