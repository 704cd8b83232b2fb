"""How tasks are sent and run, and what the beat asks for; the broker's address is in settings."""

from typing import Any

from celery.schedules import crontab

TASKS: dict[str, Any] = {
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "worker_prefetch_multiplier": 1,
    "worker_hijack_root_logger": False,
    "broker_connection_retry_on_startup": True,
    "broker_transport_options": {
        "visibility_timeout": 300,
        "socket_connect_timeout": 0.5,
        "socket_timeout": 5,
    },
    "timezone": "UTC",
    "task_default_queue": "ricochet",
    "beat_schedule": {
        "sweep the outboxes": {
            "task": "config.sweep",
            "schedule": 3.0,
            "options": {"expires": 10},
        },
        "purge what is over of log-ins and links": {
            "task": "config.purge_accounts",
            "schedule": 3600.0,
            "options": {"expires": 3600},
        },
        "forget old answers of the API": {
            "task": "config.forget_api_answers",
            "schedule": 86_400.0,
            "options": {"expires": 3600},
        },
        "forget old clicks, refusals and letters": {
            "task": "config.forget_old_facts",
            "schedule": 86_400.0,
            "options": {"expires": 3600},
        },
        "note wins of a version before": {
            "task": "config.complete_wins",
            "schedule": 86_400.0,
            "options": {"expires": 3600},
        },
        "begin campaigns and send reminders": {
            "task": "config.send_reminders",
            "schedule": 60.0,
            "options": {"expires": 60},
        },
        "refresh what merchants may use": {
            "task": "config.refresh_entitlements",
            "schedule": 60.0,
            "options": {"expires": 60},
        },
        "look at the limits of plans": {
            "task": "config.check_limits",
            "schedule": 3600.0,
            "options": {"expires": 3600},
        },
        "finish partners' back offices": {
            "task": "config.finish_partners",
            "schedule": 60.0,
            "options": {"expires": 60},
        },
        "finish merchants' sign-ups": {
            "task": "config.finish_signups",
            "schedule": 60.0,
            "options": {"expires": 60},
        },
        "find connections that fell silent": {
            "task": "config.check_connections",
            "schedule": 900.0,
            "options": {"expires": 900},
        },
        "tell owners of payments and trials": {
            "task": "config.remind_of_payments",
            "schedule": 600.0,
            "options": {"expires": 600},
        },
        "compare every subscription with Stripe": {
            "task": "config.reconcile_payments",
            "schedule": crontab(hour="2", minute="40"),
            "options": {"expires": 3600},
        },
        "tend the tenants": {"task": "config.tend_tenants", "schedule": 3600.0},
        "post due rewards": {
            "task": "config.post_due_rewards",
            "schedule": 60.0,
            "options": {"expires": 120},
        },
    },
}
