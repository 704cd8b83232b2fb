"""Files of customers that the merchant brings, from the upload to a week after."""

from django.db import models

from kernel.ids import public_id, uuid7


class ImportState(models.TextChoices):
    """Where a file stands: its columns to name, tried out, taken in, taken back."""

    UPLOADED = "uploaded", "À préparer"
    CHECKING = "checking", "En vérification"
    CHECKED = "checked", "Vérifié"
    APPLYING = "applying", "En cours"
    APPLIED = "applied", "Terminé"
    UNDOING = "undoing", "Annulation en cours"
    UNDONE = "undone", "Annulé"


class CustomerImport(models.Model):
    """One file. What it holds lies in `ImportChunk` and `ImportRow`, and is deleted at `forget_at`.

    `headers` are the first line's cells; `mapping` gives the field's key for a column's number, as
    text. `counts` has new, updated, unchanged and rejected, as the dry run, then the import found.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    file_name = models.CharField(max_length=160)
    kind = models.CharField(max_length=4, choices=[("csv", "CSV"), ("xlsx", "Excel")])
    encoding = models.CharField(max_length=12, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    size = models.IntegerField(help_text="Bytes.")
    rows = models.IntegerField(help_text="Lines of data, without the header.")
    headers = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    state = models.CharField(
        max_length=9, choices=ImportState.choices, default=ImportState.UPLOADED
    )
    whole = models.BooleanField(default=False, help_text="All lines or none.")
    bought = models.BooleanField(
        default=False, db_default=False, help_text="All of them bought before, columns or none."
    )
    counts = models.JSONField(default=dict)
    job_id = models.UUIDField(null=True, help_text="The work that runs, or ran last.")
    author_id = models.UUIDField(null=True, help_text="The user; null for the system.")
    created_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    forget_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "profiles_import"
        indexes = [models.Index(fields=["-created_at"], name="import_recent")]

    @property
    def public_id(self) -> str:
        return public_id("imp", self.id)


class ChunkPart(models.TextChoices):
    """The file as it came, and its lines as we read them (JSON, one line each)."""

    FILE = "file"
    LINES = "lines"


class ImportChunk(models.Model):
    """A piece of a file, small enough to be read in one step of a worker on any machine."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    customer_import = models.ForeignKey(
        CustomerImport, on_delete=models.CASCADE, related_name="chunks"
    )
    part = models.CharField(max_length=5, choices=ChunkPart.choices)
    number = models.IntegerField()
    data = models.BinaryField()

    class Meta:
        db_table = "profiles_import_chunk"
        constraints = [
            models.UniqueConstraint(
                fields=["customer_import", "part", "number"], name="import_chunk_once"
            )
        ]


class RowAction(models.TextChoices):
    """What a line does, or would do."""

    NEW = "n", "Nouveau"
    UPDATE = "u", "Mis à jour"
    SAME = "s", "Inchangé"
    REJECTED = "r", "Refusé"


class ImportRow(models.Model):
    """One line, cleaned. `line` is its number in the file, as a spreadsheet counts.

    `profile_id` is the customer it is about, or will be: made with the line, so that taking it in
    twice makes one. `problems` are lists of a column's number (null: the whole line), a code and
    the code's facts. `before` holds what an update replaced, for the way back.
    """

    id = models.BigAutoField(primary_key=True)
    customer_import = models.ForeignKey(
        CustomerImport, on_delete=models.CASCADE, related_name="lines"
    )
    line = models.IntegerField()
    profile_id = models.UUIDField(db_index=True)
    email_key = models.CharField(max_length=254, null=True)  # noqa: DJ001
    external_id = models.CharField(max_length=80, null=True)  # noqa: DJ001
    phone = models.CharField(max_length=20, null=True)  # noqa: DJ001
    data = models.JSONField(default=dict)
    problems = models.JSONField(null=True)
    action = models.CharField(max_length=1, choices=RowAction.choices)
    before = models.JSONField(null=True)
    done = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "profiles_import_row"
        constraints = [
            models.UniqueConstraint(fields=["customer_import", "line"], name="import_line_once")
        ]
