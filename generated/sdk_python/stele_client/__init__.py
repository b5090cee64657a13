"""The client of Stele. Generated; do not edit."""

from __future__ import annotations

from . import errors as errors
from . import models as models
from . import topics as topics
from ._async_api import AsyncAuditLogApi as AsyncAuditLogApi
from ._async_api import AsyncAuthApi as AsyncAuthApi
from ._async_api import AsyncAuthorsApi as AsyncAuthorsApi
from ._async_api import AsyncBooksApi as AsyncBooksApi
from ._async_api import AsyncSystemApi as AsyncSystemApi
from ._clients import AsyncClient as AsyncClient
from ._clients import Client as Client
from ._sync_api import AuditLogApi as AuditLogApi
from ._sync_api import AuthApi as AuthApi
from ._sync_api import AuthorsApi as AuthorsApi
from ._sync_api import BooksApi as BooksApi
from ._sync_api import SystemApi as SystemApi
from .runtime.attendance import Attendance as Attendance
from .runtime.content import FileContent as FileContent
from .runtime.download_async import AsyncDownload as AsyncDownload
from .runtime.download_sync import Download as Download
from .runtime.event import Event as Event
from .runtime.model import Unknown as Unknown
from .runtime.options import AttemptInfo as AttemptInfo
from .runtime.options import Hooks as Hooks
from .runtime.stream_async import AsyncStream as AsyncStream
from .runtime.stream_sync import Stream as Stream
from .runtime.token import Token as Token
from .runtime.topic import AttendedTopic as AttendedTopic
from .runtime.topic import Topic as Topic
