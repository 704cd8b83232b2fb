"""Why an order did not use the points that it names: codes, which `checkout_sentences` words."""


class Refusal:
    """One of these is in the API's answer, and in the decision that the merchant reads."""

    UNKNOWN = "unknown"
    ANOTHER_CUSTOMER = "another_customer"
    RELEASED = "released"
    USED_ELSEWHERE = "used_elsewhere"
    ALREADY = "order_has_points"
    REFUNDED = "refunded"
    TEST = "test"
