"""A hundred thousand customers from a file, against a loop that takes one line after the other.

The work's own steps run one after the other, as a worker runs them: the dry run, then the import,
each step in its transaction. The file is new customers and known ones, half and half. The loop
finds or makes each customer and saves what the line says; a sample of it is measured.
"""

import resource
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

from tests.benchmarks.place import SLUG
from tests.benchmarks.results import Row

LINES = 100_000
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
_HEADER = (
    "E-mail;Prénom;Nom;Téléphone;Boutique;Numéro de client;Notes;Commandes;Total commandé;"
    "Première commande;Dernière commande;Membre du programme de fidélité\n"
)


def measure(*, lines: int, sample: int) -> list[Row]:
    """One row for CSV and one for Excel."""
    from tenants.context import enter
    from tenants.features import Feature, switch
    from tenants.models import Tenant

    tenant = Tenant.objects.get(slug=SLUG)
    switch(tenant_id=tenant.id, on=[Feature.LOYALTY])
    with enter(tenant):
        reference = _loop(sample)
        _take_in("".join(_text(range(lines // 2))).encode())  # half of them are known
        rows = []
        for kind, data in (
            ("CSV", "".join(_text(range(lines))).encode()),
            ("Excel", _book(range(lines // 2, lines + lines // 2))),
        ):
            started = time.perf_counter()
            _take_in(data)
            seconds = time.perf_counter() - started
            rows.append(_row(kind, lines, seconds, reference, _peak()))
    return rows


def _row(kind: str, lines: int, seconds: float, reference: float, peak: int) -> Row:
    rate = lines / seconds
    return Row(
        what=f"{lines:,} customers from a file ({kind}), dry run and import".replace(",", " "),
        ours=f"{seconds:.1f} s, {rate:.0f}/s, process at most {peak} MB",
        reference=f"{reference:.0f}/s, one by one",
        ratio=f"{rate / reference:.0f}",
        aim="under 30 s and 300 MB",
        reached=(seconds < 30 and peak < 300) if lines >= LINES else None,
    )


def _peak() -> int:
    """What this process ever held at once, in MB: Django and all, with the file."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _cells(number: int) -> list[str]:
    return [
        f"client-{number}@exemple.fr",
        ("Camille", "Thomas", "Inès", "Hugo")[number % 4],
        f"Rouvière {number}",
        f"06{number:08d}",
        "Boutique de Lyon" if number % 3 else "",
        f"C-{number}",
        "Préfère être appelée le matin" if number % 5 == 0 else "",
        str(number % 9 + 1),
        f"{number % 400},50",
        "02/05/2023",
        "18/11/2025",
        str(number % 2),
    ]


def _text(numbers: range) -> Iterator[str]:
    yield _HEADER
    for number in numbers:
        yield ";".join(_cells(number)) + "\n"


def _book(numbers: range) -> bytes:
    import io

    from openpyxl import Workbook  # type: ignore[import-untyped]

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(_HEADER.strip().split(";"))
    for number in numbers:
        sheet.append(_cells(number))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _take_in(data: bytes) -> None:
    """From the upload to the last line, as the pages and a worker do it."""
    from kernel.ids import uuid7
    from tenants.profiles.importing import services
    from tenants.programme import customer_files

    found = services.upload(
        key=uuid7(),
        file_name="clients",
        data=data,
        offered=customer_files.offered(),
        author_id=None,
        now=NOW,
    )
    run(
        customer_files.start_check(
            import_id=found.id, mapping=found.mapping, author_id=None, now=NOW
        ).id
    )
    run(customer_files.start_import(import_id=found.id, whole=False, author_id=None, now=NOW).id)
    found.refresh_from_db()
    if found.state != "applied" or found.counts["rejected"]:
        raise AssertionError(f"the import ended as {found.state}: {found.counts}")


def run(job_id: uuid.UUID) -> None:
    """A job's steps, each in a transaction of its own."""
    from django.db import transaction

    from kernel.jobs import services as jobs
    from kernel.jobs.models import Job

    job = Job.objects.get(id=job_id)
    while job.is_open:
        with transaction.atomic():
            jobs.run_step(job_id=job.id, step=job.step, now=NOW)
        job.refresh_from_db()
    if job.state != "done":
        raise AssertionError(f"the work failed: {job.error_code}")


def _loop(sample: int) -> float:
    """Lines a second of the plain way, on customers of its own."""
    from django.db import transaction

    from tenants.loyalty import membership
    from tenants.profiles import services as profiles
    from tenants.profiles.services import Identity

    started = time.perf_counter()
    for number in range(sample):
        cells = _cells(number)
        with transaction.atomic():
            profile, _new = profiles.find_or_create(
                identity=Identity(
                    email=f"loop-{cells[0]}",
                    external_id=f"L-{cells[5]}",
                    first_name=cells[1],
                    last_name=cells[2],
                    phone=cells[3],
                ),
                source="import",
                now=NOW,
            )
            profiles.update(
                profile_id=profile.id, shop=cells[4], notes=cells[6], order_count=int(cells[7])
            )
            if number % 2:
                membership.join(profile_id=profile.id, source="import", now=NOW)
    return sample / (time.perf_counter() - started)
