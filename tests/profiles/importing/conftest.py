"""Files of customers, taken through the works as a worker does."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kernel.ids import uuid7
from kernel.jobs import services as jobs
from kernel.jobs.models import Job
from tenants.profiles.importing import services
from tenants.profiles.models import CustomerImport
from tenants.programme import customer_files


def run(job: Job) -> Job:
    """Every step of a job, one after the other."""
    for _step in range(500):
        job.refresh_from_db()
        if not job.is_open:
            return job
        jobs.run_step(job_id=job.id, step=job.step, now=timezone.now())
    raise AssertionError("the job does not end")


class Files:
    """Uploads a text as a file and takes it in."""

    def upload(self, text: str | bytes, name: str = "clients.csv") -> CustomerImport:
        data = text.encode() if isinstance(text, str) else text
        return services.upload(
            key=uuid7(),
            file_name=name,
            data=data,
            offered=customer_files.offered(),
            author_id=None,
            now=timezone.now(),
        )

    def check(self, text: str | bytes, *, bought: bool = False, **mapping: str) -> CustomerImport:
        found = self.upload(text)
        job = customer_files.start_check(
            import_id=found.id,
            mapping={number.lstrip("c"): key for number, key in mapping.items()} or found.mapping,
            bought=bought,
            author_id=None,
            now=timezone.now(),
        )
        assert run(job).state == "done", job.error_code
        found.refresh_from_db()
        return found

    def take_in(self, text: str | bytes | CustomerImport, *, whole: bool = False) -> CustomerImport:
        found = text if isinstance(text, CustomerImport) else self.check(text)
        self.job = run(
            customer_files.start_import(
                import_id=found.id, whole=whole, author_id=None, now=timezone.now()
            )
        )
        found.refresh_from_db()
        return found

    def undo(self, found: CustomerImport, *, hours: int = 0) -> CustomerImport:
        now = timezone.now() + timedelta(hours=hours)
        self.job = run(customer_files.start_undo(import_id=found.id, author_id=None, now=now))
        found.refresh_from_db()
        return found

    def problems(self, found: CustomerImport) -> dict[int, list[str]]:
        rows = found.lines.filter(action="r").order_by("line")
        return {row.line: [code for _column, code, _facts in row.problems] for row in rows}


@pytest.fixture
def files(merchant) -> Files:
    return Files()
