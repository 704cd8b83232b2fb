"""Editor forms made of numbered blocks (a prize, a question): only the first must be there.

What a block needs once something stands in it is checked by the form; it must not be called
optional on screen.
"""

from typing import ClassVar

from operations.mechanics.shape import SettingsForm


class BlocksForm(SettingsForm):
    """`needed` names the parts that a block cannot do without, as they end the fields' names."""

    needed: ClassVar[tuple[str, ...]] = ()

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
