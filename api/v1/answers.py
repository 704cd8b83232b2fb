"""The parts that the shapes of answers are made of."""

from typing import Any

from api.fields import Schema


def answer_object(properties: dict[str, Any]) -> Schema:
    """An object whose every property is there."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def answer_text(**more: Any) -> Schema:
    """A text; `more` is put into its schema."""
    return {"type": "string", **more}


def answer_id(prefix: str) -> Schema:
    """An outside id with this prefix."""
    return answer_text(pattern=f"^{prefix}_[0-9a-hjkmnp-tv-z]{{26}}$")
