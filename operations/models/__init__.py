"""Operations, their modules and partners, who took part, and what is owed to partners."""

from operations.models.draw import Draw, DrawPlace, Why
from operations.models.instant_win import WinningMoment, WinningPlan, WinningRound
from operations.models.modules import ModulePartner, OperationModule, Rule
from operations.models.operations import Operation, OperationState
from operations.models.participations import Participation, ParticipationState, SourceKind
from operations.models.pictures import Picture
from operations.models.prizes import OperationPrize
from operations.models.received import BroughtBy, ReceivedOperation, ReceivedParticipation
from operations.models.rules import RulesVersion
from operations.models.shares import Announcement, Share, ShareState
from operations.models.wins import Win

__all__ = [
    "Announcement",
    "BroughtBy",
    "Draw",
    "DrawPlace",
    "ModulePartner",
    "Operation",
    "OperationModule",
    "OperationPrize",
    "OperationState",
    "Participation",
    "ParticipationState",
    "Picture",
    "ReceivedOperation",
    "ReceivedParticipation",
    "Rule",
    "RulesVersion",
    "Share",
    "ShareState",
    "SourceKind",
    "Why",
    "Win",
    "WinningMoment",
    "WinningPlan",
    "WinningRound",
]
