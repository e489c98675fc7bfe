"""The faults by their names. Each is a function of a Trial; what is violated, the trial collects."""

FAULTS = {}


class Unavailable(Exception):
    """This fault cannot be made here, and why."""


class Fault:
    def __init__(self, name, stores, function):
        self.name, self.stores, self.function = name, stores, function
        self.title = function.__doc__.strip().split("\n")[0]


def fault(name, *stores):
    def register(function):
        assert name not in FAULTS, name
        FAULTS[name] = Fault(name, stores, function)
        return function

    return register
