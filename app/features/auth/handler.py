"""What the auth operations do: hand passwords to the identity provider and tickets to browsers."""

from __future__ import annotations

from typing_extensions import override

from app.auth.identity import Identity
from app.auth.tickets import LIFETIME_S, Tickets
from app.execution.context import Context
from generated.errors import CredentialsInvalid, Unauthenticated
from generated.handlers import AuthHandler
from generated.models import CreateWsTicketRequest, LoginRequest, LogoutRequest, RefreshRequest
from generated.results import Tokens, WsTicket


class Auth(AuthHandler[Context]):
    """No password and no token is kept, logged or audited here. Each but the ticket asks the issuer: Unavailable where
    it is silent."""

    def __init__(self, identity: Identity, tickets: Tickets) -> None:
        self._identity = identity
        self._tickets = tickets

    @override
    async def login(self, context: Context, request: LoginRequest) -> Tokens:
        """Raises CredentialsInvalid; the username is the object of the audit row."""
        context.object_id = request.username
        return await self._identity.login(request.username, request.password)

    @override
    async def refresh(self, context: Context, request: RefreshRequest) -> Tokens:
        """Raises CredentialsInvalid for a refresh token that has ended."""
        return await self._identity.refresh(request.refresh_token)

    @override
    async def logout(self, context: Context, request: LogoutRequest) -> None:
        """A session that has ended, or never was, is logged out."""
        try:
            await self._identity.logout(request.refresh_token)
        except CredentialsInvalid:
            return

    @override
    async def create_ws_ticket(self, context: Context, request: CreateWsTicketRequest) -> WsTicket:
        """For the page that asks: its `Origin` is part of the ticket."""
        if context.principal is None:
            raise Unauthenticated
        ticket = await self._tickets.issue(context.principal, context.caller.origin)
        return WsTicket(ticket=ticket, expires_in=LIFETIME_S)
