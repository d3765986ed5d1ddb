"""The conformance pack for till vendors: buckets, and what a till has to make of them. Fixed keys and times."""

from promo_cli.publishing.conformance.pack import Pack, make_pack

__all__ = ["Pack", "make_pack"]
