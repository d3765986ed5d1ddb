"""Objects in an S3 bucket, or in a server that speaks S3 and honours conditional writes.

Credentials, region and endpoint come the usual AWS way (environment, profile, instance role; ``AWS_ENDPOINT_URL``).
boto3's own retries are off: a retried conditional write would answer 412 to the writer that had in fact succeeded.
Reads, listings and deletes are repeated here with backoff; writes never are.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, NoCredentialsError
from botocore.exceptions import ConnectionError as NoConnectionError

from promo_cli.storage.interface import (
    Entry,
    Found,
    NotModified,
    OutcomeUnknown,
    PreconditionFailed,
    StorageUnavailable,
    TooLarge,
    backoff_seconds,
)

_MAKING = threading.Lock()  # clients may be shared between threads, but not made by two at once
_READ_ATTEMPTS = 5
_CONFIG: dict[str, Any] = {
    "connect_timeout": 5,  # seconds
    "read_timeout": 30,  # seconds
    "max_pool_connections": 32,
    "retries": {"total_max_attempts": 1},
    # Servers other than AWS do not all know the newer checksums; every byte is checked by its hash anyway.
    "request_checksum_calculation": "when_required",
    "response_checksum_validation": "when_required",
}
_ANSWERED_UNSURE = frozenset({409, 500, 502, 503, 504})  # some servers give the loser of a race a 500
_WORTH_RETRYING = frozenset({408, 429, 500, 502, 503, 504})

_T = TypeVar("_T")


class S3Storage:
    """The storage interface over one bucket and key prefix."""

    def __init__(self, bucket: str, prefix: str = "", *, region: str | None = None) -> None:
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._region = region
        self._client = _make_client(region)

    @property
    def where(self) -> str:
        """The target as an S3 address."""
        return f"s3://{self._bucket}/{self._prefix}".rstrip("/")

    def get(
        self, key: str, *, if_none_match: str | None = None, max_size: int | None = None
    ) -> Found | NotModified | None:
        """Read one object; see the interface."""
        condition: Any = {} if if_none_match is None else {"IfNoneMatch": if_none_match}

        def attempt() -> Found | NotModified | None:
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=self._prefix + key, **condition)
            except ClientError as error:
                if _status(error) == 304:
                    return NotModified()
                if _code(error) in ("NoSuchKey", "404"):
                    return None
                raise
            with answer["Body"] as body:
                data = body.read() if max_size is None else body.read(max_size + 1)
            if max_size is not None and len(data) > max_size:
                raise TooLarge(key, f"expected at most {max_size} bytes, found {answer['ContentLength']}")
            return Found(data, _unquoted(answer["ETag"]))

        return _repeat(key, attempt)

    def put(self, key: str, data: bytes, *, if_match: str | None = None, if_none_match: bool = False) -> str:
        """Write one object; see the interface."""
        condition: Any = {}
        if if_match is not None:
            condition["IfMatch"] = if_match
        if if_none_match:
            condition["IfNoneMatch"] = "*"
        try:
            answer = self._client.put_object(Bucket=self._bucket, Key=self._prefix + key, Body=data, **condition)
        except ClientError as error:
            status = _status(error)
            # If-Match on a key that is gone answers 404 NoSuchKey: the condition did not hold.
            if status == 412 or (status == 404 and if_match is not None and _code(error) == "NoSuchKey"):
                raise PreconditionFailed(key, "the condition of the write did not hold") from error
            if status in _ANSWERED_UNSURE:
                raise OutcomeUnknown(key, f"the server answered {status} {_code(error)}") from error
            raise StorageUnavailable(key, _advice(error)) from error
        except (NoConnectionError, HTTPClientError) as error:
            raise OutcomeUnknown(key, f"no answer: {error}") from error
        except BotoCoreError as error:
            raise StorageUnavailable(key, _advice(error)) from error
        return _unquoted(answer["ETag"])

    def list(self, prefix: str = "", *, start_after: str = "") -> Iterator[Entry]:
        """List keys in order, a page at a time; see the interface."""
        after = self._prefix + start_after if start_after else ""
        while True:
            page = _repeat(prefix, lambda: self._page(prefix, after))  # noqa: B023 -- called before `after` changes
            for item in page.get("Contents", []):
                yield Entry(item["Key"].removeprefix(self._prefix), item["Size"], _unquoted(item["ETag"]))
            if not page["IsTruncated"]:
                return
            after = page["Contents"][-1]["Key"]

    def delete(self, key: str) -> None:
        """Remove one object; see the interface."""
        _repeat(key, lambda: self._client.delete_object(Bucket=self._bucket, Key=self._prefix + key))

    def presign_get(self, key: str, seconds: int) -> str:
        """Return a URL that reads one object, without credentials, for so many seconds (S3 allows a week at most)."""
        place = {"Bucket": self._bucket, "Key": self._prefix + key}
        url: str = self._presigner.generate_presigned_url("get_object", Params=place, ExpiresIn=seconds)
        return url

    def presign_post(self, prefix: str, most_bytes: int, seconds: int) -> tuple[str, dict[str, str], str]:
        """Return a form's URL and fields that put objects of 1 to ``most_bytes`` bytes under keys beginning so.

        The form's ``key`` is for whoever sends it to fill in, and begins with the last value, which S3 enforces.
        """
        begins = self._prefix + prefix
        found = self._presigner.generate_presigned_post(
            Bucket=self._bucket,
            Key=begins + "${filename}",
            Conditions=[["content-length-range", 1, most_bytes]],
            ExpiresIn=seconds,
        )
        return found["url"], {name: text for name, text in found["fields"].items() if name != "key"}, begins

    @cached_property
    def _presigner(self) -> Any:
        # The older signatures, which boto3 still uses for URLs here and there, carry no region and expire differently.
        return _make_client(self._region, signature_version="s3v4")

    def _page(self, prefix: str, after: str) -> Any:
        return self._client.list_objects_v2(Bucket=self._bucket, Prefix=self._prefix + prefix, StartAfter=after)


def _make_client(region: str | None, **more: Any) -> Any:
    config = {**_CONFIG, **more}
    if os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL"):
        config["s3"] = {"addressing_style": "path"}  # a server of one's own seldom has a name for every bucket
    try:
        with _MAKING:
            return boto3.client("s3", region_name=region, config=Config(**config))
    except (BotoCoreError, ValueError) as error:
        raise StorageUnavailable("", _advice(error)) from error


def _repeat(key: str, attempt: Callable[[], _T]) -> _T:
    """Run a request that may safely be sent again; turn what boto3 raises into the interface's errors."""
    for tries in range(_READ_ATTEMPTS):
        try:
            return attempt()
        except (ClientError, BotoCoreError) as error:
            passing = _status(error) in _WORTH_RETRYING or isinstance(error, NoConnectionError | HTTPClientError)
            if not passing or tries == _READ_ATTEMPTS - 1:
                raise StorageUnavailable(key, _advice(error)) from error
        time.sleep(backoff_seconds(tries))
    raise AssertionError("unreachable: the last try returns or raises")


def _status(error: Exception) -> int | None:
    if isinstance(error, ClientError):
        return int(error.response["ResponseMetadata"]["HTTPStatusCode"])
    return None


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "without a code"))


def _advice(error: Exception) -> str:
    if isinstance(error, NoCredentialsError):
        return "no AWS credentials found; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    if _status(error) == 403:
        return f"access refused; check the bucket policy for these credentials ({error})"
    return str(error)


def _unquoted(etag: str) -> str:
    # Ceph's gateway compares If-Match with the bare value and fails a quoted one; AWS and moto take both.
    return etag.strip('"')
