"""The publisher's side of the object protocol, with I/O."""

from promo_cli.protocol.release import Source
from promo_cli.publishing.keyring import KeyRing, open_keys
from promo_cli.publishing.publish import Published, publish
from promo_cli.publishing.request import Timing
from promo_cli.publishing.upload import Progress, Uploaded

__all__ = ["KeyRing", "Progress", "Published", "Source", "Timing", "Uploaded", "open_keys", "publish"]
