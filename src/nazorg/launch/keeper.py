"""The keeper of an embedded PostgreSQL: waits until no process uses it, stops it, and ends.

Users stop the server themselves when they leave in good order. A user that was killed cannot; its lock is freed all the
same, and that is what the keeper waits for. It is started by `postgres.Cluster` and is given keeper.lock to hold.
"""

from __future__ import annotations

import contextlib
import sys

from nazorg.launch.postgres import Cluster


def keep(cluster: Cluster) -> None:
    """Return when the server has been stopped, by us or by its last user."""
    used = True
    # A throw-away cluster is removed by its last user: then there is no lock left to look at.
    with contextlib.suppress(FileNotFoundError):
        while used:
            users = cluster.lock("users")
            users.take()
            # Let go before asking for start.lock, which a newcomer takes first: the other order could wait for ever.
            users.close()
            used = not cluster.stop_if_unused()


if __name__ == "__main__":
    keep(Cluster(sys.argv[1], remove="--remove" in sys.argv))
