"""The client of Stele. Generated; do not edit."""

from __future__ import annotations

from . import errors as errors
from . import models as models
from ._async_api import AsyncAuditLog as AsyncAuditLog
from ._async_api import AsyncAuth as AsyncAuth
from ._async_api import AsyncAuthors as AsyncAuthors
from ._async_api import AsyncSystem as AsyncSystem
from ._clients import AsyncClient as AsyncClient
from ._clients import Client as Client
from ._sync_api import AuditLog as AuditLog
from ._sync_api import Auth as Auth
from ._sync_api import Authors as Authors
from ._sync_api import System as System
from .runtime.event import Event as Event
from .runtime.model import Unknown as Unknown
from .runtime.options import AttemptInfo as AttemptInfo
from .runtime.options import Hooks as Hooks
from .runtime.token import Token as Token
