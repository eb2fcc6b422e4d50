"""Workers for remote entries.

There are more of them, because they mostly wait, and they get the environment of providers.

They are a separate pool, so that workers for local files never have secrets.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from vidcheck.workers.pool import Workers, cores

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vidcheck.sources.targets import Target

_EACH_CORE, _MOST = 4, 32
_TRUST = ("SSL_CERT_FILE", "SSL_CERT_DIR")
_PROVIDER = ("HOME", "USERPROFILE", "REQUESTS_CA_BUNDLE", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "BOTO_CONFIG")
_PROVIDER_STARTS = ("AWS_", "FSSPEC_")


def workers_away(targets: Sequence[Target], asked: int | None) -> Workers | None:
    """A pool for the remote targets; None if there are none. `asked` is the user's number of workers."""
    urls = [target.remote.url for target in targets if target.remote is not None]
    if not urls:
        return None
    count = min(asked or min(_MOST, _EACH_CORE * cores()), len(urls))
    return Workers(count, environment=environment(buckets=any(url.startswith("s3://") for url in urls)))


def environment(*, buckets: bool) -> dict[str, str]:
    """The variables that remote entries need; those that configure a provider only for buckets."""
    return {name: value for name, value in os.environ.items() if _needed(name.upper(), buckets=buckets)}


def _needed(name: str, *, buckets: bool) -> bool:
    return name in _TRUST or (buckets and (name in _PROVIDER or name.startswith(_PROVIDER_STARTS)))
