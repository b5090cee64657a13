<%
schema = f"../schemas/{r.name}.yaml#/{r.pascal}"
targets = "".join(f", {code}" for code in r.missing_targets)
%>\
collection:
  get:
    operationId: get_${r.plural}
    summary: Read ${r.many_words} page by page.
    x-sdk-method: {method: get_page, paginate: paginate}
    security: [{bearer: [${r.role["get"]}]}]
    x-errors: [cursor_invalid]
    parameters:
      - {name: filter, in: query, schema: {$ref: '${schema}Filter'}}
    responses:
      '200':
        description: One page${" of the caller's" if r.is_owned else ""}, by id.
        content: {application/json: {schema: {$ref: '${schema}Page'}}}
  post:
    operationId: create_${r.name}
    summary: Create ${r.a}.
    x-sdk-method: create
    security: [{bearer: [${r.role["create"]}]}]
% if targets:
    x-errors: [${targets[2:]}]
% endif
    x-idempotent: key
    x-publishes: [${r.name}_created]
    requestBody:
      required: true
      content: {application/json: {schema: {$ref: '${schema}Input'}}}
    responses:
      '201':
        description: The ${r.words} as stored.
        headers: {ETag: {$ref: '#/etag'}}
        content: {application/json: {schema: {$ref: '${schema}'}}}
        links:
% for verb in ("get", "update", "delete"):
          ${verb}_${r.name}: {operationId: ${verb}_${r.name}, parameters: {${r.id}: $response.body#/id}}
% endfor

single:
  parameters:
    - {name: ${r.id}, in: path, required: true, schema: {$ref: '${schema}Id'}}
  get:
    operationId: get_${r.name}
    summary: Read one ${r.words}.
    x-sdk-method: get
    security: [{bearer: [${r.role["get"]}]}]
    x-errors: [${r.name}_not_found]
    responses: {'200': {$ref: '#/${r.name}'}}
  put:
    operationId: update_${r.name}
    summary: Replace ${r.a}.
    x-sdk-method: update
    security: [{bearer: [${r.role["update"]}]}]
    x-errors: [${r.name}_not_found, version_mismatch${targets}]
    x-idempotent: natural
    x-publishes: [${r.name}_updated]
    parameters: [{$ref: '#/if_match'}]
    requestBody:
      required: true
      content: {application/json: {schema: {$ref: '${schema}Input'}}}
    responses: {'200': {$ref: '#/${r.name}'}}
  delete:
    operationId: delete_${r.name}
    summary: Delete ${r.a}.
    x-sdk-method: delete
    security: [{bearer: [${r.role["delete"]}]}]
    x-errors: [${r.name}_not_found, version_mismatch]
    x-idempotent: natural
    x-publishes: [${r.name}_deleted]
    parameters: [{$ref: '#/if_match'}]
    responses: {'204': {description: Deleted.}}

${r.name}:
  description: The ${r.words}.
  headers: {ETag: {$ref: '#/etag'}}
  content: {application/json: {schema: {$ref: '${schema}'}}}
etag:
  description: The version of the ${r.words}, in quotes.
  schema: {type: string, maxLength: 18, pattern: '^"[1-9][0-9]{0,15}"$'}
  x-field: version
if_match:
  name: If-Match
  in: header
  description: Refuse unless the stored version is this one.
  schema: {type: string, maxLength: 18, pattern: '^(\*|"[1-9][0-9]{0,15}")$'}
  x-field: expected_version
