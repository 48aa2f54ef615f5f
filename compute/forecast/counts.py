"""Numbers of values in sentences, one of them as people say it."""


def too_few(values: int) -> str:
    """Return `1 value is too few` or `2 values are too few`."""
    return "1 value is too few" if values == 1 else f"{values} values are too few"
