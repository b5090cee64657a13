"""What the auth operations do: hand passwords to the identity provider and tickets to browsers."""

from __future__ import annotations

from typing_extensions import override

from app.auth.identity import Identity
from app.auth.session_ends import SessionEnds
from app.auth.tickets import LIFETIME_S, Tickets
from app.auth.unproven import actor_of, session_of
from app.execution.context import Context
from generated.errors import CredentialsInvalid, Unauthenticated
from generated.handlers import AuthHandler
from generated.models import CreateWsTicketRequest, EndSessionsRequest, LoginRequest, LogoutRequest, RefreshRequest
from generated.results import Tokens, WsTicket


class Auth(AuthHandler[Context]):
    """No password and no token is kept, logged or audited here. Each but the ticket asks the issuer: Unavailable where
    it is silent."""

    def __init__(self, identity: Identity, tickets: Tickets) -> None:
        self._identity = identity
        self._tickets = tickets
        self._ends = SessionEnds()

    @override
    async def login(self, context: Context, request: LoginRequest) -> Tokens:
        """Raises CredentialsInvalid; the username is the object of the audit row."""
        context.object_id = request.username
        tokens = await self._identity.login(request.username, request.password)
        context.actor = actor_of(tokens.access_token)
        return tokens

    @override
    async def refresh(self, context: Context, request: RefreshRequest) -> Tokens:
        """Raises CredentialsInvalid for a refresh token that has ended, at the issuer or here."""
        tokens = await self._identity.refresh(request.refresh_token)
        context.actor = actor_of(tokens.access_token)
        if await self._ends.has_ended(context.db, session_of(request.refresh_token)):
            await self._end_at_issuer(tokens.refresh_token)
            raise CredentialsInvalid
        return tokens

    @override
    async def logout(self, context: Context, request: LogoutRequest) -> None:
        """A session that has ended, or never was, is logged out. Which one it was is believed where the issuer accepts the
        token: it is the issuer who can read it."""
        if await self._end_at_issuer(request.refresh_token) and (sid := session_of(request.refresh_token).sid):
            context.actor = actor_of(request.refresh_token)
            context.object_id = sid
            await self._ends.end_session(context.db, sid)

    @override
    async def end_sessions(self, context: Context, request: EndSessionsRequest) -> None:
        """Here, and not at the issuer, where this service has no rights: its sessions can no longer be refreshed here."""
        await self._ends.end_sessions_of(context.db, request.subject)

    async def _end_at_issuer(self, refresh_token: str) -> bool:
        """Whether the issuer has taken the token."""
        try:
            await self._identity.logout(refresh_token)
        except CredentialsInvalid:
            return False
        return True

    @override
    async def create_ws_ticket(self, context: Context, request: CreateWsTicketRequest) -> WsTicket:
        """For the page that asks: its `Origin` is part of the ticket."""
        if context.principal is None:
            raise Unauthenticated
        ticket = await self._tickets.issue(context.principal, context.caller.origin)
        return WsTicket(ticket=ticket, expires_in=LIFETIME_S)
