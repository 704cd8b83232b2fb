"""Which module each address belongs to. An address that is on no line belongs to none.

`PLACES` are the paths under which nothing but a module's own pages lies: an address that is added
there, and to no line of the table, makes the walk fail.
"""

from tenants.features import Feature

PAGES: dict[Feature, frozenset[str]] = {
    Feature.REFERRAL: frozenset(
        {
            # the back office
            "programme:rules",
            "programme:rules_preview",
            "programme:referrals",
            "programme:referral",
            "programme:invitations",
            "programme:clicks",
            "site:launcher",
            "programme:simulate",
            "programme:close_referral",
            "programme:reopen_referral",
            "programme:remove_referral",
            "programme:undo_close",
            "programme:ambassadors",
            "programme:add_ambassador",
            "programme:verifications",
            "programme:suspicion_rules",
            "programme:verify_many",
            "programme:undo_verification",
            "programme:verify",
            "programme:attach",
            "programme:refer",
            "programme:code",
            "programme:undo_code",
            "programme:gifts",
            "programme:add_gift",
            "programme:edit_gift",
            "programme:move_gift",
            "programme:archive_gift",
            "widgets:card",
            "widgets:card_file",
            # whoever follows a link, and the customer
            "widgets:link",
            "widgets:link_go",
            "widgets:link_coupon",
            "widgets:space_rules",
            "widgets:space_invite",
            "widgets:space_qr",
            "widgets:space_qr_file",
            "widgets:space_card",
            "widgets:space_card_file",
        }
    ),
    Feature.LOYALTY: frozenset(
        {
            "programme:loyalty",
            "programme:checkout",
            "programme:members",
            "programme:join_many",
            "programme:leave_many",
            "programme:undo_member",
            "programme:set_member",
            "programme:ranking",
            "programme:movements",
            "programme:recalculate",
            "programme:recalculation",
            "programme:recalculation_part",
            "programme:confirm_recalculation",
            "programme:drop_recalculation",
            "programme:bulk",  # the act that this selection was made for
            "widgets:programme",
            "widgets:space_loyalty",
            # programs
            "api:quotes",
            "api:holds",
            "api:loyalty_members",
        }
    ),
    Feature.TIERS: frozenset(
        {
            "programme:tiers",
            "programme:add_tier",
            "programme:undo_archive_tier",
            "programme:edit_tier",
            "programme:archive_tier",
            "programme:tell_tier",
            "widgets:space_tier",
        }
    ),
    Feature.CAMPAIGNS: frozenset(
        {
            "programme:reminders",
            "programme:reminder",
            "programme:switch_reminder",
            "programme:campaigns",
            "programme:add_campaign",
            "programme:campaign",
            "programme:edit_campaign",
            "programme:count_segment",
            "programme:send_campaign",
            "programme:schedule_campaign",
            "programme:unschedule_campaign",
            "programme:pause_campaign",
            "programme:cancel_campaign",
            "programme:copy_campaign",
            "programme:delete_campaign",
        }
    ),
}
PLACES: dict[str, Feature] = {
    "/parrainage": Feature.REFERRAL,  # and /parrainages
    "/r/": Feature.REFERRAL,
    "/recompenses/cadeaux": Feature.REFERRAL,
    "/fidelite": Feature.LOYALTY,
    "/api/v1/checkout/quotes": Feature.LOYALTY,
    "/api/v1/loyalty": Feature.LOYALTY,
    "/recompenses/paliers": Feature.TIERS,
    "/campagnes": Feature.CAMPAIGNS,
    "/relances": Feature.CAMPAIGNS,
}
