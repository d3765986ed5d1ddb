"""The publisher's side of the object protocol, with I/O."""

from promo_cli.protocol.release import Source
from promo_cli.publishing.keyring import KeyRing, open_keys
from promo_cli.publishing.publish import publish
from promo_cli.publishing.request import Published
from promo_cli.publishing.upload import Progress, Uploaded
from promo_cli.publishing.writer import Timing, Writer

__all__ = ["KeyRing", "Progress", "Published", "Source", "Timing", "Uploaded", "Writer", "open_keys", "publish"]
