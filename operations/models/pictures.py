"""The pictures of operations' pages, drawn anew from what was uploaded."""

from django.db import models

from kernel.ids import uuid7


class Picture(models.Model):
    """`digest` names it in its address, so that it can be kept by browsers for ever."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    digest = models.CharField(max_length=16, unique=True)
    content = models.BinaryField()
    width = models.IntegerField()
    height = models.IntegerField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "operations_picture"
