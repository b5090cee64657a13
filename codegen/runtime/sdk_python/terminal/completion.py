"""Completion in bash, zsh and fish: a short script for each, which asks this program for what may come next."""

from __future__ import annotations

from .program import Program, UsageError

COMMANDS = ("call", "tail", "operations", "describe", "login", "logout", "completion")
SHELLS = ("bash", "zsh", "fish")
BASH = """_{function}() {{
    local line="${{COMP_LINE:0:COMP_POINT}}" IFS=$'\\n'
    local word="${{line##* }}" candidates
    candidates=$({name} complete "$line" 2>/dev/null)
    COMPREPLY=($candidates)
    case "$word" in *=*) COMPREPLY=("${{COMPREPLY[@]#${{word%%=*}}=}}") ;; esac
    case "${{COMPREPLY[0]}}" in *=) compopt -o nospace ;; esac
}}
complete -o default -F _{function} {name}
"""
ZSH = """#compdef {name}
_{function}() {{
    local -a candidates
    candidates=("${{(@f)$({name} complete "${{LBUFFER}}" 2>/dev/null)}}")
    [[ -n "${{candidates[1]}}" ]] && compadd -Q -S '' -- "${{candidates[@]}}" || _files
}}
compdef _{function} {name}
"""
FISH = """complete -c {name} -f -a '({name} complete (commandline -cp) 2>/dev/null)'
"""


def script(program: Program, shell: str) -> str:
    """What a shell is to run at its start."""
    texts = {"bash": BASH, "zsh": ZSH, "fish": FISH}
    return texts[shell].format(name=program.name, function=program.name.replace("-", "_"))


def candidates(program: Program, line: str) -> list[str]:
    """What may stand where the line ends, its beginning included."""
    *before, begun = line.split(" ")
    words = [one for one in before[1:] if one and not one.startswith("-")]
    return [one for one in _possible(program, words, begun) if one.startswith(begun)]


def _possible(program: Program, words: list[str], begun: str) -> list[str]:
    match words:
        case []:
            return list(COMMANDS)
        case ["call" | "describe"]:
            return sorted(program.commands)
        case ["call", operation, *_]:
            return _fields(program, operation, words[2:], begun)
        case ["tail", *_]:
            return sorted({name for one in program.contract.events.values() for name in (one.topic, one.name) if name})
        case ["completion"]:
            return list(SHELLS)
    return []


def _fields(program: Program, operation: str, said: list[str], begun: str) -> list[str]:
    try:
        command = program.command(operation)
    except UsageError:
        return []
    member, sign, _ = begun.partition("=")
    if sign:
        found = [one for one in command.arguments if one.member == member]
        texts = [("true", "false") if one.kind == "boolean" else one.choices for one in found]
        return [f"{member}={text}" for choices in texts for text in choices]
    taken = {word.partition("=")[0].removesuffix(":") for word in said}
    return [f"{one.member}=" for one in command.arguments if one.is_many or one.member not in taken]
