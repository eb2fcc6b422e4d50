"""Reads objects in S3 by s3fs's client (extra `vidcheck[s3]`).

Credentials, region and endpoint are the provider's own configuration: `AWS_*`, `~/.aws`, a role.
"""

from __future__ import annotations

from typing import Any

from aiohttp import ClientError as HttpError
from aiohttp import ClientPayloadError
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    PartialCredentialsError,
    ReadTimeoutError,
    ResponseStreamingError,
)
from s3fs import S3FileSystem

from vidcheck.sources.fetch import (
    CUT_SHORT,
    PATIENCE,
    SILENT,
    TOO_LONG,
    UNREACHED,
    Piece,
    State,
    TemporaryError,
    refused,
    whole_size,
)
from vidcheck.texts import say
from vidcheck.witnesses.errors import ChangedError, CouldNotLookError

_PAGE = 1000  # keys; S3 returns no more at once


class Buckets:
    """The client for one run."""

    def __init__(self) -> None:
        settings = {"retries": {"total_max_attempts": 1}, "connect_timeout": PATIENCE, "read_timeout": PATIENCE}
        self._files = S3FileSystem(asynchronous=True, skip_instance_cache=True, config_kwargs=settings)

    async def open(self) -> None:
        """Reads the provider's configuration. Raises CouldNotLookError if it is invalid."""
        try:
            await self._files.set_session()
        except (BotoCoreError, OSError, ValueError) as error:
            raise translate_error(error) from None

    async def client(self, bucket: str) -> Any:
        """The client of botocore for the region of a bucket."""
        await self._files.set_session()
        return await self._files.get_s3(bucket)

    async def close(self) -> None:
        """Ends the client's connections."""
        await (await self._files.set_session()).close()


class BucketSource:
    """One object in a bucket."""

    def __init__(self, buckets: Buckets, bucket: str, key: str) -> None:
        self._buckets = buckets
        self._object = {"Bucket": bucket, "Key": key}

    async def fetch(self, start: int, end: int, state: State | None) -> Piece:
        """See Source."""
        asked = {**self._object, "Range": f"bytes={start}-{end - 1}"}
        if state is not None and state.tag:
            asked["IfMatch"] = state.tag
        try:
            piece = await self._piece(asked, start, end)
        except (ClientError, BotoCoreError, HttpError, OSError) as error:
            raise translate_error(error) from None
        if state is not None and piece.state != state:
            raise ChangedError
        return piece

    async def _piece(self, asked: dict[str, str], start: int, end: int) -> Piece:
        client = await self._buckets.client(asked["Bucket"])
        try:
            answer = await client.get_object(**asked)
        except ClientError as error:
            if start == 0 and _status(error) == 416:  # an empty object has no ranges
                head = await client.head_object(**self._object)
                if head["ContentLength"] == 0:
                    return Piece(data=b"", state=_state(head, 0))
            raise
        async with answer["Body"] as body:
            size = whole_size(answer.get("ContentRange", ""), start, end)
            length = min(end, size) - start
            data = bytearray()
            while len(data) <= length and (part := await body.read(length + 1 - len(data))):
                data += part
        if len(data) != length:
            raise CouldNotLookError(TOO_LONG) if len(data) > length else TemporaryError(CUT_SHORT)
        return Piece(data=bytes(data), state=_state(answer, size))


async def is_there(buckets: Buckets, bucket: str, key: str) -> bool:
    """Whether a bucket has exactly that key. Raises CouldNotLookError, TemporaryError."""
    try:
        client = await buckets.client(bucket)
        await client.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if _status(error) == 404:
            return False
        raise translate_error(error) from None
    except (BotoCoreError, HttpError, OSError) as error:
        raise translate_error(error) from None
    return True


async def page(buckets: Buckets, bucket: str, prefix: str, after: str) -> tuple[list[str], str]:
    """Some of the keys that begin with `prefix`, and the token for the next ones, which is empty at the end.

    Raises CouldNotLookError, TemporaryError.
    """
    more = {"ContinuationToken": after} if after else {}
    try:
        client = await buckets.client(bucket)
        answer = await client.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=_PAGE, **more)
    except (ClientError, BotoCoreError, HttpError, OSError) as error:
        raise translate_error(error) from None
    follows = answer.get("NextContinuationToken", "") if answer.get("IsTruncated") else ""
    if follows and follows == after:
        raise CouldNotLookError(say("the server gives the same list again and again"))
    return [row["Key"] for row in answer.get("Contents", ())], follows


def translate_error(error: Exception) -> Exception:
    """Replaces an error of botocore, because its message may contain a signed URL."""
    if isinstance(error, ClientError):
        return refused(_status(error))
    if isinstance(error, (NoCredentialsError, PartialCredentialsError)):
        return CouldNotLookError(
            say(
                "there are no credentials for the bucket: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
            )
        )
    if isinstance(error, (IncompleteReadError, ResponseStreamingError, ClientPayloadError)):
        return TemporaryError(CUT_SHORT)
    if isinstance(error, (ReadTimeoutError, ConnectTimeoutError, TimeoutError)):
        return TemporaryError(SILENT)
    if isinstance(error, (HTTPClientError, HttpError, OSError)):
        return TemporaryError(UNREACHED)
    return CouldNotLookError(say("the provider's own configuration can't be used"))


def _status(error: ClientError) -> int:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status if isinstance(status, int) else 0


def _state(answer: dict[str, Any], size: int) -> State:
    return State(size=size, tag=answer.get("ETag", ""), modified=answer.get("LastModified"))
