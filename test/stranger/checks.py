"""One line a check, and what is asked within one."""

import traceback

from cose import Refused, must


class Checks:
    def __init__(self, subject):
        self.subject, self.done, self.failed = subject, 0, 0

    def __call__(self, what, work):
        self.done += 1
        try:
            work()
        except Exception as error:
            self.failed += 1
            where = traceback.extract_tb(error.__traceback__)[-1]
            print(f"FAILED {self.subject}: {what}: {error!r} ({where.name}, line {where.lineno})", flush=True)
        else:
            print(f"ok     {self.subject}: {what}", flush=True)


def equal(got, due):
    must(got == due, f"{got!r} came, {due!r} is due")


def refuses(words, work):
    """The stranger's own checks must bite, too."""
    try:
        work()
    except Refused as error:
        must(words in str(error), f"refused for {error}, not for {words!r}")
        return
    raise Refused(f"{words!r} is due, and all was taken")


def flipped(data):
    """The last bit changed."""
    return data[:-1] + bytes([data[-1] ^ 1])
