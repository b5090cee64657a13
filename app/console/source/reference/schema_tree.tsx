/** A schema as a tree that opens: fields with their types, what bounds them, and examples. */

import { Fold } from "../parts/fold.tsx";
import { Line } from "../parts/prose.tsx";
import type { Located } from "../contract/schema.ts";
import { bounds, tagsOf, typeName } from "../contract/schema.ts";

const OPEN_DEPTH = 2;

export function SchemaTree({ type, depth = 0 }: { readonly type: Located; readonly depth?: number }) {
  const plain = type.plain;
  if (plain.arms.length > 1) {
    return <Arms union={plain} depth={depth} />;
  }
  const inner = plain.items ?? plain.values;
  if (inner !== undefined) {
    return <SchemaTree type={inner} depth={depth} />;
  }
  if (plain.fields.length === 0) {
    return depth > 0 ? null : <p class="empty">{plain.types[0] === "object" ? "No fields." : typeName(plain)}</p>;
  }
  return (
    <ul class="fields">
      {plain.fields.map((field) => <FieldRow key={field.name} {...field} depth={depth} />)}
    </ul>
  );
}

interface Row {
  readonly name: string;
  readonly type: Located;
  readonly isRequired: boolean;
  readonly depth: number;
}

function FieldRow({ name, type, isRequired, depth }: Row) {
  const plain = type.plain;
  const { description, deprecated } = { ...plain.schema, ...type.schema };
  const told = [...bounds(plain), ...(plain.items ? bounds(plain.items) : [])];
  const members = (plain.items ?? plain.values ?? plain).schema.enum;
  return (
    <li>
      <div class="field-head">
        <code class={deprecated ? "old" : undefined}>{name}</code>
        <span class="type">{typeName(type)}</span>
        {isRequired && <span class="mark">required</span>}
        {type.isNullable && <span class="mark quieter">or null</span>}
        {deprecated && <span class="mark quieter">deprecated</span>}
      </div>
      {description && <p class="field-note"><Line text={description} /></p>}
      {told.length > 0 && <p class="field-bounds">{told.join(" · ")}</p>}
      {members && <p class="field-bounds">{members.map((one) => <code key={String(one)}>{JSON.stringify(one)}</code>)}</p>}
      <Example type={plain} />
      {isDeep(plain) && <Fold summary={typeName(plain.items ?? plain.values ?? plain)} isOpen={depth < OPEN_DEPTH} content={() => <SchemaTree type={plain} depth={depth + 1} />} />}
    </li>
  );
}

function isDeep(type: Located): boolean {
  const inner = (type.items ?? type.values)?.plain;
  return inner !== undefined ? isDeep(inner) : type.arms.length > 1 || type.fields.length > 0;
}

function Example({ type: { schema } }: { readonly type: Located }) {
  const [shown = schema.example] = schema.examples ?? [];
  return shown === undefined ? null : <p class="field-bounds">for example <code>{JSON.stringify(shown)}</code></p>;
}

function Arms({ union, depth }: { readonly union: Located; readonly depth: number }) {
  const told = tagsOf(union);
  return (
    <div class="arms">
      <p class="field-bounds">One of these{told && <>, by <code>{told.member}</code></>}:</p>
      {union.arms.map((arm, index) => (
        <Fold key={index} summary={told?.tags[index] ?? typeName(arm)} isOpen={depth < OPEN_DEPTH} content={() => <SchemaTree type={arm} depth={depth + 1} />} />
      ))}
    </div>
  );
}
