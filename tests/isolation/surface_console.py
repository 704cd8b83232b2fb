"""Every address of the operator's console. All are an operator's but the few of the way in."""

# Whoever comes: the way in, and what a load balancer asks.
OPEN = {
    "healthz",
    "account_login",
    "account_second_factor",
    "console_begin",
    "console_language",
    "console_theme",
}
_LISTS = ("merchant", "deal", "bill", "told", "given", "pair", "person", "entry")
_OF_A_LIST = ("add", "change", "changelist", "delete", "history")
OPERATOR = {
    "admin:",  # all that is not there
    "admin:index",
    "admin:app_list",
    "admin:jsi18n",
    "admin:logout",
    "admin:search",
    # one merchant
    "admin:merchant",
    "admin:suspend",
    "admin:resume",
    "admin:export",
    "admin:delete",
    "admin:see_as",
    "admin:grant",
    "admin:withdraw",
    # all of them
    "admin:events",
    "admin:retry_events",
    "admin:jobs",
    "admin:retry_job",
    "admin:emails",
    *(f"admin:console_{model}_{page}" for model in _LISTS for page in _OF_A_LIST),
}
CONSOLE = OPEN | OPERATOR
