"""Every rule of the compiler: what must be so, and why. `python -m codegen explain X012` prints one.

The letter is the room that finds it: Y YAML, R references, F the form of a file, I import, S schemas, O OpenAPI, A AsyncAPI, P proto, V vocabulary, J join,
X agreement with proto, N numbers, W words.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """`claim` is what a finding says is not so; where it can wait, what is generated is right without it, and a warning holds
    nothing up."""

    claim: str
    reason: str = ""
    can_wait: bool = False
    is_warning: bool = False


RULES: dict[str, Rule] = {
    "A001": Rule(
        "The root is AsyncAPI 3.0.",
        "Other versions name operations and channels differently, so nothing of them is read.",
    ),
    "A002": Rule("There is one channel, `web`.", "The socket has one address; operations are told apart by PkgID."),
    "A003": Rule(
        "An operation has a snake_case key and receives or sends.", "Its key is the operation's name on every door."
    ),
    "A004": Rule(
        "An operation holds nothing that is not read.", "What is silently ignored would look as if it counted."
    ),
    "A005": Rule(
        "Every operation of the socket has its x-pkg-id.", "It is the operation's number in a frame, for ever."
    ),
    "A006": Rule(
        "Every operation says who may call it.", "There is no default: `security: []` is public, and has to be written."
    ),
    "A007": Rule("Security is a role of policy.yaml, or x-roles.", "Scopes mean nothing to a bearer scheme."),
    "A008": Rule(
        "A message has the envelope of its direction.",
        "Request comes in, Reply, PageReply and StreamReply answer, Push is sent.",
    ),
    "A009": Rule("An operation has exactly one message.", "A PkgID has one payload; alternatives are a union."),
    "A010": Rule("A message is one of the channel's.", "AsyncAPI demands it, and its parsers do not look."),
    "A011": Rule("A message has a payload.", "`{type: 'null'}` says that there is none."),
    "A012": Rule("An operation that receives has a reply.", "Every request is answered."),
    "A013": Rule("A reply's list is its items.", "A frame carries items as `data` and meta beside it."),
    "A014": Rule(
        "The envelope has meta exactly where the record has.", "PageReply is for `{items, meta}`, Reply for `{items}`."
    ),
    "A015": Rule(
        "What packages/ declares is listed in asyncapi.yaml.",
        "Otherwise it would be dropped without a word.",
        can_wait=True,
    ),
    "A016": Rule("A stream has items.", "That it has ended is a frame of its own, without data."),
    "F001": Rule("A file holds nothing that is not read.", "What is silently ignored would look as if it counted."),
    "F002": Rule("A file holds what the service needs of it.", "What is left out has no default."),
    "F003": Rule("A value has the type that is read.", "specs/README.md says what each file holds."),
    "F004": Rule("A file of specs/ is read.", "What is silently ignored would look as if it counted."),
    "I001": Rule("An imported document is OpenAPI 3.0 or 3.1, or AsyncAPI 2 or 3.", "Others have another form."),
    "I002": Rule("What is imported stands in local files.", "Nothing is fetched, and nothing is read from elsewhere."),
    "I010": Rule("An operation arrives.", "What is left out of an import is named, with what to do."),
    "I011": Rule(
        "A name is as in the original.",
        "Code has snake_case names, some of which are taken; JSON keeps the original ones.",
    ),
    "I012": Rule("A keyword arrives.", "The language has those that every door can carry."),
    "I013": Rule(
        "Absent, null and empty are as in the original.", "protobuf has two states, and none for collections."
    ),
    "I014": Rule("A value has its form.", "A message has fields, one type, and alternatives with a common tag."),
    "I015": Rule("A property, parameter or header arrives.", "Every value has a type on every door."),
    "I016": Rule("Content has its media type.", "JSON and protobuf travel here."),
    "I017": Rule("An answer is as in the original.", "Successes are 200, 201, 202 and 204 with one content."),
    "I018": Rule("Errors are as in the original.", "They are those of the catalogue, on every door."),
    "I019": Rule("Security is as in the original.", "Callers bring a bearer token with roles."),
    "I020": Rule("What belongs to no operation arrives.", "Nobody would read it here."),
    "I021": Rule("A message travels as in the original.", "The socket has one address, frames, and replies."),
    "I022": Rule("What became of an operation compiles.", "An import ends with a contract that does."),
    "J001": Rule("Title and version are equal in both roots.", "It is one contract.", can_wait=True),
    "J002": Rule("An x- word stands once, or says the same twice.", "Two values would leave open which one counts."),
    "J003": Rule("A header's field has its type in a message.", "The other doors carry it in the payload."),
    "J004": Rule("Both doors have the same fields.", "One method answers both."),
    "J005": Rule("A field has one type and one presence.", "One method answers both doors."),
    "J006": Rule("Both doors answer with the same record.", "One method answers both."),
    "J007": Rule("Both doors ask for the same roles.", "A door that asks for less is the way around the other."),
    "J008": Rule("x-timeout is a duration.", "`5s`, `250ms`, `1h`."),
    "J009": Rule("An event has its topic.", "Clients subscribe to topics."),
    "J010": Rule("An event's record has the event's name.", "A pushed message is known by its type."),
    "J011": Rule("A result is a record or a union.", "An rpc returns a message; a bare enum or value is none."),
    "J012": Rule(
        "Names stay apart in every spelling.", "`a_1` and `a1` are one name in PascalCase, and so one message."
    ),
    "J013": Rule(
        "A method of the SDKs has a name of its own in its feature, and a pager only where something is paged.",
        "`get_page` and `get_Page` would be one method.",
    ),
    "J014": Rule(
        "An operation of the session takes and answers what a session needs, and stands alone.",
        "The SDKs call it by themselves.",
    ),
    "J015": Rule(
        "Bytes are carried by HTTP alone.",
        "A frame is one message that is held in memory, and other calls of the socket wait behind it; a body is a stream.",
    ),
    "N001": Rule("A PkgID belongs to one operation.", "A frame knows its operation by nothing else."),
    "N002": Rule("A PkgID that was issued is not issued again.", "Old clients would call something else."),
    "N003": Rule("Every number is in the lock.", "`make lock` issues what is new."),
    "N004": Rule("A number never changes.", "Old clients would read another field."),
    "N005": Rule("A field's number is not another one's.", "Old messages would be read wrongly."),
    "N006": Rule(
        "What left the contract is reserved.",
        "Neither name nor number may come back with another meaning.",
        can_wait=True,
    ),
    "O001": Rule("The root is OpenAPI 3.1.", "3.0 has another schema language."),
    "O002": Rule("The root has no security of its own.", "An operation that forgot its own would inherit it."),
    "O003": Rule("What OpenAPI holds is read.", "What is silently ignored would look as if it counted."),
    "O004": Rule("An operationId is a snake_case name.", "It is the name on every door."),
    "O005": Rule("An operationId is used once.", "It is the name on every door."),
    "O006": Rule(
        "Every operation says who may call it.", "There is no default: `security: []` is public, and has to be written."
    ),
    "O007": Rule("Security is a list of bearer roles.", "Other schemes are not enforced here."),
    "O008": Rule(
        "Path and parameters name the same, each as a segment of its own, and required.",
        "A path value would be lost, or never come.",
    ),
    "O009": Rule(
        "A parameter is in path, query or header, in OpenAPI's own form.", "Cookies and other styles are not read."
    ),
    "O010": Rule(
        "A header carries a field, and its text cannot break the line.",
        "x-field says which, so that the other doors can carry it too.",
    ),
    "O011": Rule("A field has one carrier.", "Path, query and body are one flat record."),
    "O012": Rule(
        "Content is application/json with a schema, a stream of it, a form, or bytes.",
        "Protobuf is added beside JSON by the compiler.",
    ),
    "O020": Rule(
        "Media types of bytes are named, and hold the same.",
        "The maximum is of the body; `image/*` and `*/*` name many.",
    ),
    "O021": Rule(
        "A stream answers 200, without links and headers of its own.",
        "Its head goes before the items that they would be of.",
    ),
    "O013": Rule("Responses are successes, and errors are not written.", "They follow from x-errors and errors.yaml."),
    "O014": Rule(
        "204 has no content, the others have, and all have the same.",
        "RFC 9110 §15.3.5; one method answers all of them.",
    ),
    "O015": Rule(
        "What http/ declares is listed in openapi.yaml.", "Otherwise it would be dropped without a word.", can_wait=True
    ),
    "O016": Rule(
        "A link leads to an operation, gives what it takes, and takes what there is.",
        "A client that follows another one fails, and no linter looks.",
    ),
    "P001": Rule("protoc accepts the sources.", "It is the judge of proto."),
    "P002": Rule("The syntax is proto3.", "proto2 has presence and defaults of its own."),
    "P003": Rule("An rpc takes one request.", "HTTP has one; what is answered may be a stream."),
    "P004": Rule("A name stands once in all files.", "Types join by name."),
    "P005": Rule(
        "A proto file stands in proto/ itself, and its name is one of a module.",
        "It becomes a Python module; a name as `@a` would be an option of protoc.",
    ),
    "P006": Rule("A proto file's package is not one of Google's.", "Its types would be taken for protobuf's own."),
    "P007": Rule(
        "A proto package begins with the product's name.",
        "Descriptors of two products that one program loads would be taken for each other.",
    ),
    "R001": Rule("A reference stays inside of specs/.", "A contract is complete in its folder."),
    "R002": Rule("A reference's file exists."),
    "R003": Rule("References end."),
    "R004": Rule("A reference is a relative path.", "Nothing is fetched."),
    "R005": Rule("A reference points to something."),
    "R006": Rule("A reference stands alone.", "What stands beside $ref is ignored by some tools and read by others."),
    "S001": Rule("A schema is an object.", "`true` and `false` accept or refuse everything."),
    "S002": Rule("A record is wanted here.", "A frame and a message have fields."),
    "S003": Rule("A schema has one type, and perhaps null."),
    "S004": Rule(
        "Keywords are of the common subset.", "Draft-07 and 2020-12 must read them alike, and protobuf must carry them."
    ),
    "S005": Rule("An integer has a width.", "proto has int32 and int64."),
    "S006": Rule("Bounds lie inside of the width, the lower below the upper."),
    "S007": Rule("A format is known.", "An unknown one would be promised and not checked."),
    "S008": Rule(
        "A pattern is a plain regular expression.", "Looking around and back is not read alike by all targets."
    ),
    "S009": Rule("A list has items."),
    "S010": Rule("A map has a schema for its values."),
    "S011": Rule("Items and values are never null.", "protobuf cannot say it."),
    "S012": Rule("Records, enums and unions have names.", "They become types on every door."),
    "S013": Rule("A name stands once."),
    "S014": Rule(
        "Each member of an enum has a name of its own.",
        "It becomes an identifier in three languages: a text's own, or spelled from it, or of x-enum-names.",
    ),
    "S015": Rule(
        "The arms of a union share one constant.",
        "It tells them apart in JSON as the oneof does in protobuf, where its value, spelled as a name, names the arm.",
    ),
    "S016": Rule("allOf does not bring a field twice."),
    "S017": Rule("What is required is a property."),
    "S018": Rule(
        "A field's name is legal on every door.",
        "Letters, digits and _ - . : @ $ [ ] in JSON; code has it in snake_case, which is no keyword, clashes with no other, and is nothing that a model has itself: x-field-names says another.",
    ),
    "S019": Rule("A list or map is required, or empty by default.", "protobuf cannot tell absent from empty."),
    "S020": Rule("A field has two states at most.", "Absent, null and a value would be three; protobuf has two."),
    "S021": Rule("A count is a whole number, a bound a number."),
    "S022": Rule(
        "Beside $ref stands only what a property says to readers.", "Draft-07 ignores what does, 2020-12 does not."
    ),
    "S023": Rule("A default is a value of its own type."),
    "S024": Rule("A type's name is free.", "Generated code and the envelope have types of their own."),
    "S025": Rule("A constant is a text.", "It is a union's tag, or a field that says one thing."),
    "S026": Rule("What is required has no default.", "It is there, so the default would never count."),
    "S027": Rule("A type has a finite value.", "Nobody could ever send one that holds another, and that another."),
    "S028": Rule(
        "What a decimal is a multiple of is a power of ten.",
        "JSON Schema judges multiples of numbers alone; of a text other tools are told by a pattern.",
    ),
    "S029": Rule(
        "A part of allOf is open.",
        "`additionalProperties: false` knows the fields of its own part alone, and would refuse those of the others.",
    ),
    "S030": Rule(
        "An example is a value of its own schema.",
        "It is served and printed in documentation, and readers try it out.",
        can_wait=True,
    ),
    "S031": Rule("externalDocs has a url, and perhaps a description.", "Readers follow it.", can_wait=True),
    "S032": Rule(
        "What is only read or only written leaves something both ways.",
        "readOnly is no part of a request, writeOnly none of a result; both together are part of nothing.",
    ),
    "S033": Rule(
        "The name of a schema's input is free.",
        "A record that differs by direction comes in as `<Name>Input`, or as `Input<Name>` where people have the first already.",
    ),
    "S041": Rule(
        "Bytes have a maximum.", "What takes them in is a disk; who sends more hears of it before it is full."
    ),
    "S042": Rule(
        "Bytes stand beside JSON, not in it.",
        "They are a body of HTTP or a part of a form; base64 carries a few in JSON.",
    ),
    "S040": Rule(
        "A text of a request has a maximum.",
        "What holds it has one anyway: a column, an index, memory; said here, it is the caller who hears of it.",
        can_wait=True,
        is_warning=True,
    ),
    "V002": Rule("An entry names what there is.", "The rsp of an error is one of `codes`."),
    "V006": Rule("What is implied is not declared again.", can_wait=True),
    "V007": Rule("A query has no idempotency key.", "It may be repeated anyway."),
    "V008": Rule("What is named is declared.", "A role, bucket, topic, error or event."),
    "V009": Rule("The events of a topic ask for the same roles.", "Whoever is on a topic gets all of it."),
    "V010": Rule("An error's exception has a free name."),
    "V012": Rule(
        "A remembered answer has one status.",
        "What is kept for an idempotency key is the answer, and not which status it had.",
    ),
    "V018": Rule("An answer of bytes is not remembered.", "What is kept for an idempotency key is small."),
    "V013": Rule("A suppressed rule can wait.", "Others would let wrong code through."),
    "V014": Rule("A suppression has not ended.", "It was for a while."),
    "V015": Rule("A suppression suppresses something.", "It would hide the next one."),
    "V016": Rule(
        "The product's name is free.",
        "It becomes a realm, a client, packages in three languages, and begins metrics and keys.",
    ),
    "V017": Rule("What stands outside of the contract has the product's name.", "It is said in one place."),
    "V019": Rule(
        "A latency objective is shorter than the deadline.",
        "A call that takes longer than its x-timeout is no slow answer, it is none.",
    ),
    "V020": Rule(
        "A contract has at most eight different latency objectives.",
        "Each is a bucket of every operation's histogram.",
    ),
    "V021": Rule("Each event of a topic has the topic's parameters.", "They are what a concrete topic is called by."),
    "V022": Rule(
        "A topic's parameter is short.",
        "An integer, a uuid, an enum or a text with maxLength; a whole name has 3,000 characters at most.",
    ),
    "V023": Rule("A topic's parameter has one type.", "Who follows gives one value for all of its events."),
    "V024": Rule("A name is of one topic.", "It would be open whose roles and history it has."),
    "V025": Rule("A topic that a handler opens is of one feature with operations.", "Its handler is asked."),
    "V028": Rule(
        "Each event of a topic has the fields of its filter.", "One without could be neither told nor passed over."
    ),
    "V029": Rule(
        "A field of a filter has short values.",
        "An integer, a boolean, a uuid, an enum or a text with maxLength; a name with one of them has 3,000 characters at most.",
    ),
    "V030": Rule("A field of a filter has one type.", "Who follows gives one value for all events of the topic."),
    "V031": Rule(
        "A field of a filter is said once.",
        "What is a parameter stands in the name already, and in code each has a name of its own.",
    ),
    "V032": Rule(
        "What an audit row keeps of a request is there, and no secret.",
        "The audit log cannot be changed: what it must not hold must not come into it.",
    ),
    "W001": Rule("An x- word is known.", "extensions.json has them all."),
    "W002": Rule("An x- word's value fits its schema."),
    "W003": Rule("An x- word stands where it means something.", "Elsewhere nobody would read it."),
    "W004": Rule("An x- word's schema is one.", "JSON Schema 2020-12."),
    "X001": Rule("An operation of the socket, or with a body, has its rpc."),
    "X002": Rule("A feature's files have one name.", can_wait=True),
    "X003": Rule("An rpc takes the operation's request."),
    "X004": Rule("An rpc returns the operation's result."),
    "X005": Rule("Every record has its message."),
    "X006": Rule("Every enum is in proto."),
    "X007": Rule("Every rpc is an operation.", can_wait=True),
    "X008": Rule(
        "Every message is reached by an operation or an event.", "Dead text would look as if it counted.", can_wait=True
    ),
    "X009": Rule("A required field has no presence in proto.", "`optional` would let a client leave it out."),
    "X010": Rule("A field of the schema is in the message."),
    "X011": Rule("A field of the message is in the schema."),
    "X012": Rule("Both say the same type."),
    "X013": Rule("What may be absent or null is optional in proto.", "Absent and zero would be the same."),
    "X014": Rule("Both are lists, or neither."),
    "X015": Rule("Both are maps, or neither."),
    "X016": Rule("Both have the same members."),
    "X017": Rule("Members have the same numbers."),
    "X018": Rule("The arms of a union are the members of its oneof."),
    "X019": Rule("RspCode is the table of errors.yaml."),
    "X020": Rule("A oneof is a union.", "Elsewhere JSON could not say that one excludes the others."),
    "X021": Rule("A field's JSON name is its own.", "The schema decides how JSON spells it.", can_wait=True),
    "X022": Rule("The frame's messages have their own fields.", "The socket's door writes and reads them by name."),
    "X024": Rule(
        "An rpc returns a stream where its operation is one.",
        "OpenAPI says it by application/x-ndjson or text/event-stream, AsyncAPI by StreamReply.",
    ),
    "X023": Rule("A feature has its proto file.", "`make fix` writes it from the schemas."),
    "Y001": Rule("A file is not too large.", "2 MB and 200,000 nodes."),
    "Y002": Rule("A file is UTF-8."),
    "Y003": Rule("A file is YAML."),
    "Y004": Rule("A file is not empty."),
    "Y005": Rule("Aliases, anchors and merge keys are not read.", "They are how small files become large ones."),
    "Y006": Rule("Tags are not read."),
    "Y007": Rule("A file is one document."),
    "Y008": Rule("Nesting has an end.", "64 levels."),
    "Y009": Rule("A key is text."),
    "Y010": Rule("A key stands once."),
}


def explain(rule: str) -> str | None:
    """The rule with its reason, or None for an id that is none."""
    found = RULES.get(rule)
    return None if found is None else f"{rule}  {found.claim}\n" + (f"      {found.reason}\n" if found.reason else "")


def _kind(rule: Rule) -> str:
    return "warning" if rule.is_warning else "can wait" if rule.can_wait else ""


def document() -> str:
    """`docs/rules.md`, whole."""
    rows = "".join(f"| {name} | {rule.claim} | {rule.reason} | {_kind(rule)} |\n" for name, rule in RULES.items())
    return f"""# Rules of the compiler

What a contract must be, and why. Written by `python -m codegen explain --all`; a finding names its rule, and
`python -m codegen explain X012` prints it. What no rule refuses is accepted. [Rules by example](reference/rule_examples.md) shows what each of them prints.

A warning is said and counted, and holds nothing up, unless `--warnings-as-errors` stands before the command (`make check STRICT=yes`).
Warnings are looked for where nothing is refused.

A warning, and a finding of a rule that can wait, may be suppressed until a day, by an entry in a file waivers.yaml of `specs/`:

```yaml
suppressions:
  - {{rule: X008, file: specs/proto/things.proto, message: Colour is reached by no operation and no event, reason: for the next release, until: '2030-01-01'}}
```

| rule | what must be so | why | |
|---|---|---|---|
{rows}"""
