<%
channel = "../asyncapi.yaml#/channels/web"
roles = "../policy.yaml#/roles/"
schema = f"../schemas/{r.name}.yaml#/{r.pascal}"
traits = "../asyncapi.yaml#/components/messageTraits"
verbs = ("get", "create", "get", "update", "delete")
replies = (f"{r.name}_page", r.name, r.name, r.name, f"delete_{r.name}_done")
payloads = ("Filter", "Input", "Path", "Update", "VersionPath")
summaries = ("created", "updated", "deleted")
%>\
operations:
% for operation, verb, reply, number in zip(r.operations, verbs, replies, r.operation_ids):
  ${operation}:
    action: receive
    channel: {$ref: '${channel}'}
    messages: [{$ref: '${channel}/messages/${operation}'}]
    reply:
      channel: {$ref: '${channel}'}
      messages: [{$ref: '${channel}/messages/${reply}'}]
    security: [{$ref: '${roles}${r.role[verb]}'}]
    x-pkg-id: ${number}
% endfor
% if r.is_owned:
  # Everybody on a topic hears all of it, whoever the owner is; so hearing it asks for a role that reading one's own does not give.
% endif
% for event, done, number in zip(r.events, summaries, r.event_ids):
  ${event}:
    summary: ${r.a.capitalize()} was ${done}.
    action: send
    channel: {$ref: '${channel}'}
    messages: [{$ref: '${channel}/messages/${event}'}]
    security: [{$ref: '${roles}${r.role["follow"]}'}]
    x-pkg-id: ${number}
    x-topic: [${r.plural}, '${r.single_topic}']
% endfor

messages:
% for operation, payload in zip(r.operations, payloads):
  ${operation}:
    traits: [{$ref: '${traits}/request'}]
    payload: {$ref: '${schema}${payload}'}
% endfor
  ${r.name}:
    traits: [{$ref: '${traits}/reply'}]
    payload: {$ref: '${schema}'}
  ${r.name}_page:
    traits: [{$ref: '${traits}/page_reply'}]
    payload: {$ref: '${schema}Page/properties/items'}
  delete_${r.name}_done:
    traits: [{$ref: '${traits}/reply'}]
    payload: {type: 'null'}
% for event, done in zip(r.events, summaries):
  ${event}:
    traits: [{$ref: '${traits}/push'}]
    payload: {$ref: '${schema}${done.capitalize()}'}
% endfor
