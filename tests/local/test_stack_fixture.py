"""The stack that journeys and fault tests share is whole again after each test that hurt it."""

import pytest

from deploy.local.stack import Stack


@pytest.mark.fault
@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", ["valkey", "web"])
def test_a_killed_part_is_mended_for_the_next_test(stack: Stack, part: str) -> None:
    stack.kill(part)
    assert stack.dead() is not None
    stack.mend()
    assert stack.dead() is None
    assert stack.status("web", "/healthz") == 200
    assert stack.demo["secret_key"]
