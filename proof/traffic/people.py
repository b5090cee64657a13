"""Who plays whom: each alias of a recording becomes a caller of today, with a token of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from proof.callers import USERS, Login, bearer, user, with_token
from proof.callers import Caller as Person
from proof.documents import DocumentError
from proof.traffic.lines import Caller


def cast(
    url: str, callers: Mapping[str, Caller], chosen: Sequence[str], tokens: Sequence[str]
) -> tuple[dict[str, Person], dict[str, str]]:
    """Who each alias is now, and the passwords of users that log in while it is played.

    `chosen` are `caller-1=USER[:PASSWORD]`, `tokens` are `caller-1=VARIABLE`. Who is not named is the user of development with the
    same roles. DocumentError where there is none, and for an alias that the recording has not.
    """
    login = Login(url)
    passwords = {one: one for one in USERS}
    people = {name: with_token(name, token) for name, token in map(bearer, tokens)}
    for word in chosen:
        alias, _, said = word.partition("=")
        name, password = user(said)
        if not said or password is None:
            raise DocumentError(f"--as {word}: expected ALIAS=USER or ALIAS=USER:PASSWORD")
        passwords[name] = password
        people[alias] = login.caller(name, password)
    if strange := sorted(people.keys() - callers.keys()):
        raise DocumentError(f"{strange[0]}: is nobody in the recording; there are {', '.join(callers) or 'none'}")
    for alias, caller in callers.items():
        if alias not in people:
            people[alias] = _of_development(login, caller)
    return people, passwords


def _of_development(login: Login, caller: Caller) -> Person:
    wanted = frozenset(caller.roles)
    unknown = f"{caller.name} has the roles {', '.join(caller.roles) or 'none'}; say who that is: --as {caller.name}=USER:PASSWORD"
    for name in USERS:
        person = login.caller(name, name)
        try:
            if person.roles == wanted:
                return person
        except DocumentError as error:
            raise DocumentError(f"{unknown} ({error})") from None
    raise DocumentError(unknown)
