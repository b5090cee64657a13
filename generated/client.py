"""The client for Python, for this tree's tests. Generated; do not edit."""

from __future__ import annotations

from generated.sdk_python.stele_client import AsyncClient as AsyncClient
from generated.sdk_python.stele_client import Client as Client
from generated.sdk_python.stele_client import FileContent as FileContent
from generated.sdk_python.stele_client import errors as errors
from generated.sdk_python.stele_client import models as models
from generated.sdk_python.stele_client import topics as topics
from generated.sdk_python.stele_client.runtime.events_async import AsyncEventStream as AsyncEventStream
from generated.sdk_python.stele_client.runtime.json_codec import plain as plain
