"""Editor forms made of numbered blocks (a prize, a question): only the first must be there.

What a block needs once something stands in it is checked by the form; it must not be called
optional on screen.
"""

from collections.abc import Sequence
from typing import ClassVar, Protocol

from operations.mechanics.shape import SettingsForm


class Block(Protocol):
    """One block in the editor: `open` where something stands in it, or is wrong."""

    @property
    def open(self) -> bool: ...


class BlocksForm(SettingsForm):
    """`needed` names the parts that a block cannot do without, as they end the fields' names."""

    needed: ClassVar[tuple[str, ...]] = ()

    def rows(self) -> Sequence[Block]:
        """The blocks in order, as the template draws them; each form has its own."""
        return ()

    def filled_rows(self) -> list[Block]:
        """For the template: the blocks that stand open, the first one if no other does."""
        rows = self.rows()
        return [row for row in rows if row.open] or list(rows[:1])

    def free_rows(self) -> list[Block]:
        """The others, which wait to be added one after the other."""
        shown = self.filled_rows()
        return [row for row in self.rows() if row not in shown]

    def full_clean(self) -> None:
        self._call_needed(False)
        super().full_clean()
        self._call_needed(True)

    def show_needed(self) -> None:
        """Called once the fields of the blocks are there."""
        self._call_needed(True)

    def _call_needed(self, needed: bool) -> None:
        for name, field in self.fields.items():
            if name.partition("-")[2] in self.needed:
                field.required = needed
