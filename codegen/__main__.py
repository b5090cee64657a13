"""`python -m codegen generate|check|changelog|diff|explain|fix|import|init|lock|new|remove|rename|resource|update-platform|operations|realm`: the compiler's commands, on any contract.

Exit 1 means findings, and nothing written; 2, that there was nothing to work on. Paths are those of the current folder.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from codegen import lock, output, rules, table
from codegen.breaking import command as comparing
from codegen.diagnostics import Refused
from codegen.fix import drafts
from codegen.fix import fix as fixes
from codegen.importer import command as importing
from codegen.new.new import write_operation
from codegen.new.operation import NewOperation
from codegen.parse.implied import doors_of
from codegen.pipeline import Loaded, build
from codegen.project import names
from codegen.project.init import NewProject
from codegen.project.init import init as begin
from codegen.project.realm import HOME, complete, faults
from codegen.project.rename import rename as give_name
from codegen.project.update import update as merge_platform
from codegen.remove.remove import remove as take_away
from codegen.reports import FORMATS
from codegen.resource.checks import Wanted
from codegen.resource.write import write_resource
from codegen.suppressions import current
from codegen.watch import changes

FEATURES = Path("app", "features")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m codegen", description="Compile specs/ into generated/.")
    parser.add_argument("--specs", type=Path, default=Path("specs"), help="the folder of the contract")
    parser.add_argument("--out", type=Path, default=Path("generated"), help="the folder to write")
    parser.add_argument("--format", choices=sorted(FORMATS), default="text", help="how findings are printed")
    parser.add_argument("--warnings-as-errors", action="store_true", help="a warning holds up what an error does")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, command in COMMANDS.items():
        commands.add_parser(name, help=command.__doc__)
    comparing.describe(commands.choices["diff"], commands.choices["changelog"])
    _describe_new(commands.choices["new"])
    _describe_resource(commands.choices["resource"])
    taken = commands.choices["remove"]
    taken.add_argument("--name", default="", help="an operation or an event")
    taken.add_argument("--feature", default="", help="all of a feature, its modules and tests too")
    taken.add_argument("--features", type=Path, default=FEATURES, help="where the handlers are")
    begun = commands.choices["init"]
    begun.add_argument("--name", required=True, help="lower case, as order_desk")
    begun.add_argument("--title", default="", help="as people read it; default: the name")
    begun.add_argument("--into", type=Path, required=True, help="a folder that is not there yet")
    begun.add_argument("--keep-example", action="store_true", help="with the feature that shows how things are done")
    importing.describe(commands.choices["import"])
    updated = commands.choices["update-platform"]
    updated.add_argument("--source", required=True, help="the platform: a folder or a URL that git reads")
    updated.add_argument("--ref", default="HEAD", help="a commit, branch or tag of it")
    commands.choices["rename"].add_argument("name", help="lower case, as order_desk")
    commands.choices["rename"].add_argument("--title", default="", help="as people read it; default: the name")
    commands.choices["generate"].add_argument("--watch", action="store_true", help="again after each save, until ^C")
    commands.choices["check"].add_argument(
        "--realm", type=Path, help=f"an export of Keycloak; default: {HOME}, if it is there"
    )
    commands.choices["fix"].add_argument("--dry-run", action="store_true", help="show the diff and write nothing")
    commands.choices["explain"].add_argument("rule", nargs="?", help="a rule's id, as X012")
    commands.choices["explain"].add_argument("--all", action="store_true", help="print the page of all rules")
    options = parser.parse_args(arguments)
    if options.command != "explain" and not options.specs.is_dir():
        print(
            f"there is no folder {str(options.specs)!r} with a contract; say where it is with --specs", file=sys.stderr
        )
        return 2
    return COMMANDS[options.command](options)


def _describe_new(added: argparse.ArgumentParser) -> None:
    added.add_argument("--name", required=True, help="the operation in snake_case")
    added.add_argument("--feature", required=True, help="the file of specs/ that it belongs to")
    added.add_argument("--doors", default="", help="http, socket or both, with a comma; default: the contract's")
    added.add_argument("--roles", default="", help="alternatives, with commas")
    added.add_argument("--public", action="store_true", help="anybody may call it; said instead of roles")
    added.add_argument("--query", action="store_true", help="it only reads: GET, with parameters instead of a body")
    added.add_argument("--paginated", action="store_true", help="a query that answers pages")
    added.add_argument("--path", default="", help="as /api/things/{thing_id}; default: /api/<feature>/<name>")
    added.add_argument("--method", default="", help="get, post, put, patch or delete")
    added.add_argument("--result", default="", help="a schema that is there, as Thing; or none")
    added.add_argument("--features", type=Path, default=FEATURES, help="where the handlers are")


def _describe_resource(added: argparse.ArgumentParser) -> None:
    added.add_argument("--name", required=True, help="one of them, in snake_case")
    added.add_argument("--fields", required=True, help='as "title:string(200) status:enum(open,closed) due:date?"')
    added.add_argument("--plural", default="", help="many of them; default: by the rules of English")
    added.add_argument("--owner", default="", help="subject: a caller sees only what they created")
    added.add_argument("--features", type=Path, default=FEATURES, help="where the handlers are")


def _loaded(options: argparse.Namespace) -> Loaded | None:
    """The contract, or None after its findings were printed."""
    return _accepted(options, _unsuppressed(options))


def _accepted(options: argparse.Namespace, loaded: Loaded) -> Loaded | None:
    """None after findings were printed: text to stderr, the machines' forms to stdout."""
    if options.format != "text":
        sys.stdout.write(loaded.report(options.format))
    elif loaded.findings.said():
        sys.stderr.write(loaded.report())
    return None if len(loaded.findings) else loaded


def _unsuppressed(options: argparse.Namespace) -> Loaded:
    return current(options.specs, warnings_as_errors=options.warnings_as_errors)


def generate(options: argparse.Namespace) -> int:
    """Write what the contract says; `--watch` does so again after each save."""
    if not options.watch:
        return _generate(options)
    try:
        for _ in changes(options.specs):
            started = time.perf_counter()
            _generate(options)
            print(f"{time.perf_counter() - started:.2f} s; waiting for a change of {options.specs}", flush=True)
    except KeyboardInterrupt:
        return 0
    return 0


def _generate(options: argparse.Namespace) -> int:
    loaded = _loaded(options)
    if loaded is None:
        return 1
    count = output.publish(options.out, build(loaded.contract))
    print(
        f"{len(loaded.contract.operations)} operations, contract {loaded.contract.info.version};{loaded.contract.hash}: {count} paths changed"
    )
    return 0


def check(options: argparse.Namespace) -> int:
    """Say whether `generated/` is fresh, and what stands beside specs/ has the product's name and roles; write nothing."""
    realm = options.realm or options.specs.parent / HOME
    if options.realm is not None and not realm.is_file():
        print(f"there is no realm {str(realm)!r}", file=sys.stderr)
        return 2
    named = _unsuppressed(options)
    said = named.dialects.http.name_place
    if said is not None and not len(named.findings):
        beside = names.compare(options.specs.parent, named.contract.info.product, said, named.findings)
        named.dialects.documents.sources.update(beside)
    loaded = _accepted(options, named)
    if loaded is None:
        return 1
    found = faults(realm, loaded.contract.roles) if realm.is_file() else []
    for line in found:
        print(line, file=sys.stderr)
    changed, stale = output.changes(options.out, build(loaded.contract))
    for file in changed:
        print(f"{options.out.name}/{file.path} is not what the contract says", file=sys.stderr)
    for path in stale:
        print(
            f"{options.out.name}/{path.relative_to(options.out).as_posix()} is made by nothing",
            file=sys.stderr,
        )
    if changed or stale:
        print("run `make generate`", file=sys.stderr)
    return 1 if changed or stale or found else 0


def write_realm(options: argparse.Namespace) -> int:
    """Write the roles that the contract needs into the realm's file, and nothing else of it."""
    loaded, file = _loaded(options), options.specs.parent / HOME
    if loaded is None:
        return 1
    try:
        print(f"{file}: {complete(file, loaded.contract.roles)}")
    except (OSError, Refused) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def write_lock(options: argparse.Namespace) -> int:
    """Issue the numbers that are new; refuse to change one that was issued."""
    drafts.forget(options.specs, drafts.committed_lock(options.specs))
    loaded = _unsuppressed(options)
    blocking = [finding for finding in loaded.findings if finding.rule != lock.NEW]
    if blocking:
        sys.stderr.write(loaded.report())
        return 1
    issued = lock.update(options.specs / "contract.lock", loaded)
    print(f"{issued} numbers issued")
    return 0


def operations(options: argparse.Namespace) -> int:
    """Print one line per operation."""
    loaded = _loaded(options)
    if loaded is None:
        return 1
    sys.stdout.write(table.render(loaded.contract))
    return 0


def fix(options: argparse.Namespace) -> int:
    """Apply the fixes that have one right answer; `--dry-run` only shows them."""
    fixed = fixes.fix(options.specs, wants_proto=True)
    sys.stdout.write(fixed.diff)
    if not options.dry_run:
        fixes.write(options.specs, fixed)
    print(f"{len(fixed.texts)} files {'would change' if options.dry_run else 'changed'}")
    if options.warnings_as_errors:
        fixed.left.findings.harden()
    if fixed.left.findings.said():
        sys.stderr.write(fixed.left.report())
    return 1 if len(fixed.left.findings) else 0


def explain(options: argparse.Namespace) -> int:
    """Print a rule and its reason."""
    if options.all:
        sys.stdout.write(rules.document())
        return 0
    text = rules.explain(options.rule or "")
    if text is None:
        print(f"there is no rule {options.rule!r}; {', '.join(rules.RULES)}", file=sys.stderr)
        return 1
    sys.stdout.write(text)
    return 0


def new(options: argparse.Namespace) -> int:
    """Write an operation into the three languages, with the method that is left to fill in."""
    wanted = NewOperation(
        options.name,
        options.feature,
        doors=_listed(options.doors) or doors_of(options.specs),
        roles=_listed(options.roles),
        is_public=options.public,
        is_paginated=options.paginated,
        is_query=options.query,
        path=options.path,
        method=options.method.lower(),
        result=options.result,
    )
    try:
        sys.stdout.write(write_operation(options.specs, options.features, wanted))
    except Refused as error:
        print(error, file=sys.stderr)
        return 1
    fields = f"add the fields of {' and '.join(wanted.open_records)}, " if wanted.open_records else ""
    print(
        f"now {fields}`make fix generate`, and write {wanted.name} in {options.features.name}/{wanted.feature}/handler.py"
    )
    return 0


def remove(options: argparse.Namespace) -> int:
    """Take an operation or a feature out of the three languages and the code, and say what is left for a person."""
    try:
        left = take_away(options.specs, options.features, name=options.name, feature=options.feature)
    except Refused as error:
        print(error, file=sys.stderr)
        return 1
    print(
        f"{options.name or options.feature} is gone; now `make generate`, and then:"
        if left
        else "it is gone; now `make generate`"
    )
    for line in left:
        print(f"- {line}")
    return 0


def rename(options: argparse.Namespace) -> int:
    """Give the product a name, in specs/ and in what stands beside it."""
    try:
        changed = give_name(options.specs, options.name, options.title)
    except Refused as error:
        print(error, file=sys.stderr)
        return 1
    for path in changed:
        print(path)
    print(f"{len(changed)} files changed; now `make generate`")
    return 0


def resource(options: argparse.Namespace) -> int:
    """Write a feature that works: a resource with its operations, events, table and tests; then generate."""
    wanted = Wanted(options.name, options.fields, options.plural, options.owner)
    try:
        written = write_resource(options.specs, options.features, wanted)
    except Refused as error:
        print(error, file=sys.stderr)
        return 1
    for file, lines in sorted(written.files.items()):
        print(f"{lines:+5} {file}")
    print(f"{sum(written.files.values())} lines; `make migrate` brings a database that runs to the new schema")
    for line in written.left:
        print(f"- {line}")
    return _generate(options)


def init(options: argparse.Namespace) -> int:
    """Begin a project of your own from this one."""
    try:
        begin(Path.cwd(), NewProject(options.name, options.into, options.title, options.keep_example))
    except Refused as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{options.into} is a project of its own; now `cd {options.into}` and `make run`")
    return 0


def update_platform(options: argparse.Namespace) -> int:
    """Merge a later platform into this project."""
    try:
        done = merge_platform(Path.cwd(), options.source, options.ref)
    except Refused as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(done.files)} files changed from {done.old[:12]} to {done.new[:12]}")
    for name in done.conflicts:
        print(f"conflict: {name}")
    print(
        "resolve the conflicts, then `make generate check test`, then commit"
        if done.conflicts
        else "`make generate check test`, then commit"
    )
    return 1 if done.conflicts else 0


def _listed(words: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in words.split(",") if word.strip())


COMMANDS = {
    "new": new,
    "remove": remove,
    "import": importing.import_contract,
    "init": init,
    "update-platform": update_platform,
    "rename": rename,
    "resource": resource,
    "changelog": comparing.changelog,
    "diff": comparing.diff,
    "explain": explain,
    "fix": fix,
    "generate": generate,
    "check": check,
    "lock": write_lock,
    "operations": operations,
    "realm": write_realm,
}

if __name__ == "__main__":
    sys.exit(main())
