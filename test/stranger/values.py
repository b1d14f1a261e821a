"""Types as docs/model/types.md writes them, and values on the COSE wire read by them."""

import re

INTEGERS = {
    **{f"u{bits}": (0, 2**bits - 1) for bits in (8, 16, 24, 32, 48, 64)},
    **{f"i{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (8, 16, 32)},
    **{f"map{bits}": (0, 2**bits - 1) for bits in (8, 16, 32)},
}
CALENDAR = {"calendarDate": 5, "calendarTime": 4, "calendarDateTime": 12}


class Misfit(Exception):
    """A value that is not of the type which the documentation names."""


class Parser:
    """Type text to (kind, arguments): a struct's are (field, type) pairs, others' are types, ranges, or words."""

    def __init__(self, text):
        self.tokens = re.findall(r"\.\.|-?\d+|\w+|\S", text)

    def peek(self):
        return self.tokens[0] if self.tokens else ""

    def next(self):
        return self.tokens.pop(0)

    def type(self):
        if self.peek() == "{":
            return ("struct", self.fields("{", "}"))
        name = self.next()
        return (name, self.fields("(", ")") if self.peek() == "(" else [])

    def fields(self, opening, closing):
        assert self.next() == opening
        found = []
        while self.peek() != closing:
            found.append(self.argument())
            if self.peek() == ",":
                self.next()
        self.next()
        return found

    def argument(self):
        if re.fullmatch(r"-?\d+", self.peek()):
            low = int(self.next())
            if self.peek() != "..":
                return (low, low)
            self.next()
            return (low, int(self.next()))
        found = self.type()
        if self.peek() == ":":
            self.next()
            return (found[0], self.type())
        if re.fullmatch(r"-?\d+", self.peek()):
            return (found[0], int(self.next()))
        return found


class Reader:
    def __init__(self, types):
        self.named = {name: Parser(text).type() for name, text in types.items() if text[0].isalpha() or text[0] == "{"}

    def read(self, text, value):
        return self.value(Parser(text).type(), value)

    def value(self, kind_and_arguments, value):
        kind, arguments = kind_and_arguments
        if kind in INTEGERS:
            low, high = arguments[0] if arguments else INTEGERS[kind]
            return self.integer(value, low, high)
        if kind in ("dateTime", "weekdayTime", "timestamp"):
            return self.integer(value, 0, 2**32 - 1)
        if kind in CALENDAR:
            return self.octets(value, CALENDAR[kind], CALENDAR[kind])
        method = getattr(self, f"read_{kind}", None)
        if method:
            return method(arguments, value)
        if kind not in self.named:
            raise Misfit(f"no type {kind}")
        return self.value(self.named[kind], value)

    @staticmethod
    def integer(value, low, high):
        if type(value) is not int or not low <= value <= high:
            raise Misfit(f"{value!r} is no integer from {low} to {high}")
        return value

    @staticmethod
    def octets(value, low, high):
        if not isinstance(value, bytes) or not low <= len(value) <= high:
            raise Misfit(f"{value!r} is no byte string of {low} to {high}")
        return value

    def read_names(self, arguments, value):
        for name, number in arguments[1:]:
            if type(value) is int and number == value:
                return name
        raise Misfit(f"{value!r} is none of {arguments[1:]}")

    def read_nothing(self, _, value):
        if value is not None:
            raise Misfit(f"{value!r} is not null")
        return None

    def read_boolean(self, _, value):
        if not isinstance(value, bool):
            raise Misfit(f"{value!r} is no boolean")
        return value

    def read_octets(self, arguments, value):
        return self.octets(value, *arguments[0])

    def read_item(self, arguments, value):
        return self.octets(value, 0, arguments[0][1])

    read_remainder = read_item

    def read_text(self, arguments, value):
        low, high = arguments[-1]
        if not isinstance(value, str) or not low <= len(value) <= high:
            raise Misfit(f"{value!r} is no text of {low} to {high}")
        return value

    def read_bits(self, arguments, value):
        low, high = arguments[0]
        if not isinstance(value, str) or not low <= len(value) <= high or set(value) - {"0", "1"}:
            raise Misfit(f"{value!r} is no text of {low} to {high} bits")
        return value

    def read_array(self, arguments, value):
        kind, (low, high) = arguments
        if not isinstance(value, list) or not low <= len(value) <= high:
            raise Misfit(f"{value!r} is no array of {low} to {high}")
        return [self.value(kind, one) for one in value]

    def read_table(self, arguments, value):
        return self.read_array((arguments[0], (0, arguments[1][1])), value)

    def read_struct(self, arguments, value):
        fields = list(arguments)
        if isinstance(value, list) and len(value) < len(fields):  # a meter with one element leaves twins out
            fields = [one for one in fields if one[1][0] != "twin"]
        if not isinstance(value, list) or len(value) != len(fields):
            raise Misfit(f"{value!r} has not the members {[name for name, _ in fields]}")
        return {name: self.value(kind, one) for (name, kind), one in zip(fields, value)}

    def read_choice(self, arguments, value):
        if not isinstance(value, list) or len(value) != 2 or value[0] not in range(len(arguments)):
            raise Misfit(f"{value!r} is no choice of {len(arguments)}")
        name, kind = arguments[value[0]]
        return {name: self.value(kind, value[1])}

    def read_optional(self, arguments, value):
        return None if value is None else self.value(arguments[0], value)

    def read_twin(self, arguments, value):
        return self.value(arguments[0], value)

    read_default = read_twin

    def read_tagged(self, arguments, value):
        return self.value(arguments[1], value)
