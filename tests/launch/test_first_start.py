"""From an empty folder to the first page, and again."""

import signal
import time

from .conftest import answers, processes_in, served, wait_until


def test_a_first_start_says_where_and_how_and_the_second_has_nothing_left_to_do(home):
    with served(home) as process:
        assert answers(process.address)
        said = (home / "said").read_text()
        assert process.address in said
        assert "make the first administrator" in said
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=15) == 0
        assert time.monotonic() - began < 6
    wait_until(lambda: not processes_in(home))
    with served(home) as process:
        assert answers(process.address)
        said = (home / "said").read_text()
        assert "Bringing" not in said
        assert "Collecting" not in said
