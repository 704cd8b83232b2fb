"""Files that people send: what is far too large is not even kept while it arrives (R40)."""

from django.core.files.uploadhandler import FileUploadHandler, SkipFile

MOST_BYTES = 24 * 1024 * 1024


class UploadLimit(FileUploadHandler):
    """Stops keeping a file past MOST_BYTES, and marks the request; the rest is read and dropped."""

    def new_file(self, *args: object, **kwargs: object) -> None:
        super().new_file(*args, **kwargs)  # type: ignore[arg-type]
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > MOST_BYTES and self.request is not None:
            self.request.upload_too_large = True  # type: ignore[attr-defined]
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
