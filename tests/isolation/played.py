"""An operation of each of the two merchants, with a module and somebody who took part."""

from dataclasses import dataclass

from operations import links
from operations.links import Purpose
from operations.models import Operation, OperationModule, Participation
from tests.fixtures.operations import make_module, make_operation, take


@dataclass(frozen=True)
class Played:
    operation: Operation
    module: OperationModule
    participation: Participation

    def token(self, purpose: Purpose) -> str:
        return links.token_for(purpose=purpose, row_id=self.participation.id)


def played(slug: str) -> Played:
    """The names and the address are this merchant's own; the operation is over by today."""
    operation = make_operation(slug=f"operation-{slug}", name=f"Opération secrète {slug}")
    module = make_module(operation)
    taken = take(module, email=f"participant-{slug}@exemple.fr", boxes=frozenset({"own"}))
    return Played(operation, module, taken.participation)
