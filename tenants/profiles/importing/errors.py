"""Why a file is not taken: each says what to do about it."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import ConflictError, InvalidInputError, NotFoundError

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 200_000
MOST_COLUMNS = 100
MOST_TEXT = 4_000


class FileTooLargeError(InvalidInputError):
    """The file is larger than MOST_BYTES."""

    code = "import_file_too_large"
    words = _("Ce fichier dépasse 20 Mo. Découpez-le en plusieurs fichiers plus petits.")


class EmptyFileError(InvalidInputError):
    """There is no line below the header."""

    code = "import_file_empty"
    words = _(
        "Ce fichier n’a aucune ligne sous ses titres de colonnes. Ajoutez-y vos clients,"
        " un par ligne."
    )


class NotATableError(InvalidInputError):
    """Neither CSV nor XLSX."""

    code = "import_not_a_table"
    words = _(
        "Ce fichier n’est ni un CSV ni un classeur Excel (.xlsx). Exportez-le dans l’un d’eux."
    )


class OldWorkbookError(NotATableError):
    """The Excel format of before 2007."""

    code = "import_old_workbook"
    words = _("Ce classeur est au format Excel 97 (.xls). Enregistrez-le en .xlsx ou en CSV.")


class BrokenFileError(InvalidInputError):
    """It announces a format that its content does not keep."""

    code = "import_file_broken"
    words = _("Ce fichier est abîmé ou protégé par un mot de passe. Enregistrez-le à nouveau.")


class WorkbookTooLargeError(InvalidInputError):
    """Unpacked, it would be far larger than any list of customers: a bomb, or a mistake."""

    code = "import_workbook_too_large"
    words = _(
        "Ce classeur contient beaucoup plus que des clients. Copiez vos colonnes dans un nouveau"
        " classeur, ou exportez-le en CSV."
    )


class UnsafeWorkbookError(InvalidInputError):
    """Its XML declares entities, which no spreadsheet writes."""

    code = "import_workbook_unsafe"
    words = _("Ce classeur contient des déclarations que nous n’ouvrons pas. Exportez-le en CSV.")


class TooManyRowsError(InvalidInputError):
    """More lines than MOST_ROWS."""

    code = "import_too_many_rows"
    words = _("Ce fichier dépasse 200 000 lignes. Découpez-le en plusieurs fichiers.")


class TooManyColumnsError(InvalidInputError):
    """More columns than MOST_COLUMNS."""

    code = "import_too_many_columns"
    words = _("Ce fichier dépasse 100 colonnes. Gardez celles qui décrivent vos clients.")


class CellTooLongError(InvalidInputError):
    """A cell longer than any field: most often a quote that never closes."""

    code = "import_cell_too_long"
    words = _("Une cellule de ce fichier n’est pas fermée : vérifiez ses guillemets.")


class WrongEncodingError(InvalidInputError):
    """The text cannot be read in this encoding."""

    code = "import_wrong_encoding"
    words = _("Ce fichier ne se lit pas avec cet encodage. Choisissez-en un autre.")


class NothingToMatchError(InvalidInputError):
    """No column says who a line is about."""

    code = "import_without_identity"
    words = _("Désignez au moins la colonne de l’e-mail, du téléphone ou du numéro de client.")


class FieldTwiceError(InvalidInputError):
    """Two columns were given the same field."""

    code = "import_field_twice"
    words = _(
        "Deux colonnes ne peuvent pas remplir le même champ. Choisissez-en un autre pour"
        " l’une des deux."
    )


class UnknownImportError(NotFoundError):
    """There is no such import."""

    code = "unknown_import"
    words = _("Cet import n’existe pas.")


class ImportBusyError(ConflictError):
    """The import is not in a state that allows this."""

    code = "import_busy"
    words = _("Cet import est déjà passé à une autre étape. Rechargez la page.")


class ImportNotWholeError(ConflictError):
    """All lines or none was asked, and a line is rejected."""

    code = "import_not_whole"
    words = _(
        "Des lignes sont refusées : rien n’a été importé. Corrigez le fichier, ou importez"
        " les bonnes lignes."
    )


class TooLateToUndoError(ConflictError):
    """The day for taking an import back is over."""

    code = "import_too_late_to_undo"
    words = _("Un import s’annule dans les 24 heures. Corrigez plutôt les fiches.")
