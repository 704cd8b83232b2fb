"""Emails, the words and looks they are made of, and what became of them."""

from tenants.messaging.models.addresses import Bounce, BounceSource, Choice, Unsubscription
from tenants.messaging.models.campaigns import Campaign, CampaignState
from tenants.messaging.models.clicks import Click, EmailLink
from tenants.messaging.models.emails import PURPOSES, Email, EmailState, Outcome
from tenants.messaging.models.scenarios import (
    Enrolment,
    EnrolmentState,
    Scenario,
    ScenarioStep,
)
from tenants.messaging.models.texts import EmailLook, EmailText, KindSwitch

__all__ = [
    "PURPOSES",
    "Bounce",
    "BounceSource",
    "Campaign",
    "CampaignState",
    "Choice",
    "Click",
    "Email",
    "EmailLink",
    "EmailLook",
    "EmailState",
    "EmailText",
    "Enrolment",
    "EnrolmentState",
    "KindSwitch",
    "Outcome",
    "Scenario",
    "ScenarioStep",
    "Unsubscription",
]
