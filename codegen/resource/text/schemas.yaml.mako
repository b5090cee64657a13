# Shared by all three dialects: only the common subset of Draft-07 and 2020-12.
${r.pascal}Id: {type: integer, format: int64, minimum: 1, maximum: 9007199254740991}
${r.pascal}Version: {type: integer, format: int64, minimum: 1, maximum: 9007199254740991}
% for one in r.columns:
% if one.definition:
${one.definition}
% endif
% endfor

${r.pascal}:
  type: object
  required: [id, ${"".join(f"{one.name}, " for one in r.columns)}created_at, updated_at, version]
  properties:
    id: {$ref: '#/${r.pascal}Id'}
% for one in r.columns:
    ${one.name}: ${one.stored_schema}
% endfor
    created_at: {type: string, format: date-time}
    updated_at: {type: string, format: date-time}
    version: {$ref: '#/${r.pascal}Version'}

${r.pascal}Input:
  type: object
% if any(not one.is_optional for one in r.columns):
  required: [${", ".join(one.name for one in r.columns if not one.is_optional)}]
% endif
  properties:
% for one in r.columns:
    ${one.name}: ${one.given_schema}
% endfor

${r.pascal}Path:
  type: object
  required: [${r.id}]
  properties:
    ${r.id}: {$ref: '#/${r.pascal}Id'}
${r.pascal}VersionPath:
  allOf:
    - {$ref: '#/${r.pascal}Path'}
    - type: object
      properties:
        expected_version: {$ref: '#/${r.pascal}Version'}
${r.pascal}Update:
  allOf:
    - {$ref: '#/${r.pascal}VersionPath'}
    - {$ref: '#/${r.pascal}Input'}

${r.pascal}Filter:
  description: >-
% if r.filters:
    Filters are joined by AND and match the whole value; none finds all.
% endif
    `cursor` continues where a page ${"with the same filters " if r.filters else ""}ended, and `page` is then ignored.
  type: object
  properties:
    page: {type: integer, format: int32, minimum: 1, maximum: 1000000, default: 1}
    per_page: {type: integer, format: int32, minimum: 1, maximum: 100, default: 20}
    cursor: {type: string, minLength: 1, maxLength: 512}
% for one in r.filters:
    ${one.name}: ${one.value_schema}
% endfor
${r.pascal}Page:
  type: object
  required: [items, meta]
  properties:
    items: {type: array, maxItems: 100, items: {$ref: '#/${r.pascal}'}}
    meta: {$ref: 'page.yaml#/PageMeta'}

${r.pascal}Created:
  type: object
  required: [${r.name}]
  properties:
    ${r.name}: {$ref: '#/${r.pascal}'}
${r.pascal}Updated:
  type: object
  required: [${r.name}]
  properties:
    ${r.name}: {$ref: '#/${r.pascal}'}
${r.pascal}Deleted:
  type: object
  required: [${r.name}]
  properties:
    ${r.name}: {$ref: '#/${r.pascal}'}
