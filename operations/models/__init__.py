"""Operations, their modules and partners, who took part, and what is owed to partners."""

from operations.models.modules import ModulePartner, OperationModule, Rule
from operations.models.operations import Operation, OperationState
from operations.models.participations import Participation, ParticipationState, SourceKind
from operations.models.pictures import Picture
from operations.models.shares import Share, ShareState

__all__ = [
    "ModulePartner",
    "Operation",
    "OperationModule",
    "OperationState",
    "Participation",
    "ParticipationState",
    "Picture",
    "Rule",
    "Share",
    "ShareState",
    "SourceKind",
]
