"""Which function does the next step of which kind of work: the one table of every room's own."""

from kernel.jobs.types import Step
from tenants.programme import customer_files
from tenants.programme.bulk.services import JOBS as BULK
from tenants.programme.campaigns.sending import JOBS as CAMPAIGNS
from tenants.programme.recalculating import JOBS as RECALCULATIONS
from tenants.programme.reward_jobs import KINDS as REWARDS

KINDS: dict[str, Step] = {
    **customer_files.KINDS,
    **RECALCULATIONS,
    **BULK,
    **REWARDS,
    **CAMPAIGNS,
}
