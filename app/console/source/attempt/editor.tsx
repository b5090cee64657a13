/** The same value as JSON text, with what is wrong in it and what could be added. */

import { useLayoutEffect, useState } from "preact/hooks";
import { parseJson } from "@runtime/json.ts";
import type { Located } from "../contract/schema.ts";
import { tagsOf } from "../contract/schema.ts";
import { pretty } from "../parts/json_text.ts";
import { completionsAt, pathAt } from "./completion.ts";
import type { Fault } from "./validate.ts";
import { isMembers } from "./validate.ts";

interface Props {
  readonly type: Located;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly faults: readonly Fault[];
}

/** The text is its own while it is edited; what else changes the value writes it anew, before anybody can type on. */
export function Editor({ type, value, onChange, faults }: Props) {
  const [text, setText] = useState(() => textOf(type, value));
  const [broken, setBroken] = useState("");
  const [cursor, setCursor] = useState(0);
  useLayoutEffect(() => {
    if (!isSame(text, value ?? {})) {
      setText(textOf(type, value));
      setBroken("");
    }
  }, [value]);
  const edit = (next: string): void => {
    setText(next);
    try {
      onChange(parseJson(next));
      setBroken("");
    } catch (error) {
      setBroken(String((error as Error).message));
    }
  };
  const { place, listed } = completionsAt(type, value ?? {}, pathAt(text, cursor));
  const move = (event: { readonly currentTarget: HTMLTextAreaElement }): void => setCursor(event.currentTarget.selectionStart);
  return (
    <div class="editor">
      <textarea aria-label="Request as JSON" class="json" spellcheck={false} rows={Math.min(24, Math.max(6, text.split("\n").length + 1))} value={text} aria-invalid={broken !== ""} onKeyUp={move} onClick={move} onInput={(event) => { move(event); edit(event.currentTarget.value); }} />
      {broken && <p class="problem" role="alert">{broken}</p>}
      {!broken && listed.length > 0 && (
        <p class="completions">{place ? <>At <code>{place}</code></> : "Add"}: {listed.map((one) => <button key={one.label} type="button" class="quiet" onClick={() => onChange(one.value)}>{one.label}</button>)}</p>
      )}
      {!broken && faults.length > 0 && <ul class="faults">{faults.map((one) => <li key={one.pointer}><code>{one.pointer || "/"}</code> {one.message}</li>)}</ul>}
    </div>
  );
}

function textOf(type: Located, value: unknown): string {
  return pretty(jsonOf(type, value ?? {}));
}

/** Integers that a number does not hold are texts of digits in the value, and numbers in JSON. */
export function jsonOf(located: Located, value: unknown): string {
  const type = located.plain;
  if (typeof value === "string" && type.types[0] === "integer" && /^-?\d+$/.test(value)) {
    return value;
  }
  if (Array.isArray(value) && type.items !== undefined) {
    const { items } = type;
    return `[${value.map((one) => jsonOf(items, one)).join(",")}]`;
  }
  if (!isMembers(value)) {
    return JSON.stringify(value);
  }
  const arm = type.arms.length > 1 ? armOf(type, value) : type;
  const types = new Map(arm.fields.map((one) => [one.name, one.type]));
  const members = Object.entries(value).map(([name, one]) => `${JSON.stringify(name)}:${jsonOf(types.get(name) ?? arm.values ?? arm.in({}), one)}`);
  return `{${members.join(",")}}`;
}

function armOf(union: Located, value: { readonly [name: string]: unknown }): Located {
  const told = tagsOf(union);
  return union.arms[told ? told.tags.indexOf(String(value[told.member])) : -1] ?? union.in({});
}

function isSame(text: string, value: unknown): boolean {
  try {
    return JSON.stringify(parseJson(text)) === JSON.stringify(value);
  } catch {
    return false;
  }
}
