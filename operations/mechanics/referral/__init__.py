"""The merchant's referral programme as a module: whoever takes part has a link to share."""
