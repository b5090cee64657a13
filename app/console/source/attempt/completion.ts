/** What could stand where the cursor of a JSON text is: fields that are missing there, or the values of an enum. */

import type { Located } from "../contract/schema.ts";
import { sample, tagsOf } from "../contract/schema.ts";
import { isMembers } from "./validate.ts";

export interface Completion {
  readonly label: string;
  /** The whole value, with it. */
  readonly value: unknown;
}

export interface Completions {
  /** Where they belong, as a path of names; empty at the top. */
  readonly place: string;
  readonly listed: readonly Completion[];
}

type Path = readonly (string | number)[];

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/** The names and places that lead to the value at `cursor`. */
export function pathAt(text: string, cursor: number): Path {
  const stack: { key: string | number | undefined; isList: boolean }[] = [];
  let name: string | undefined;
  for (const { 0: token, index } of text.matchAll(TOKENS)) {
    if (index >= cursor) {
      break;
    }
    const top = stack.at(-1);
    if (token === "{" || token === "[") {
      stack.push({ key: token === "[" ? 0 : undefined, isList: token === "[" });
    } else if (token === "}" || token === "]") {
      stack.pop();
    } else if (token === "," && top !== undefined) {
      top.key = top.isList ? Number(top.key) + 1 : undefined;
    } else if (token === ":" && top !== undefined) {
      top.key = name;
    } else {
      name = token.startsWith('"') ? (JSON.parse(token) as string) : name;
    }
  }
  return stack.flatMap((one) => (one.key === undefined ? [] : [one.key]));
}

/** At the value where the cursor is, or at the record around it. */
export function completionsAt(type: Located, value: unknown, path: Path): Completions {
  const here = listed(typeAt(type, value, path), valueAt(value, path));
  const at = here.length > 0 || path.length === 0 ? path : path.slice(0, -1);
  const found = at === path ? here : listed(typeAt(type, value, at), valueAt(value, at));
  return { place: at.join("."), listed: found.map(({ label, given }) => ({ label, value: put(value, at, given) })) };
}

function listed(located: Located | undefined, value: unknown): { readonly label: string; readonly given: unknown }[] {
  const type = located?.plain;
  if (type === undefined) {
    return [];
  }
  const members = type.schema.enum;
  if (members !== undefined) {
    return members.filter((one) => one !== value).map((one) => ({ label: String(one), given: one }));
  }
  const record = armOf(type, value);
  if (!isMembers(value)) {
    return [];
  }
  return record.fields.filter((one) => !(one.name in value)).map((one) => ({ label: one.name, given: { ...value, [one.name]: sample(one.type) } }));
}

/** The arm of a union that a value is of. */
function armOf(type: Located, value: unknown): Located {
  const told = type.arms.length > 1 ? tagsOf(type) : undefined;
  return told === undefined || !isMembers(value) ? type : (type.arms[told.tags.indexOf(String(value[told.member]))] ?? type);
}

function typeAt(type: Located, value: unknown, path: Path): Located | undefined {
  const [first, ...rest] = path;
  if (first === undefined) {
    return type;
  }
  const record = armOf(type.plain, value);
  const inner = record.items ?? record.values ?? record.fields.find((one) => one.name === first)?.type;
  return inner && typeAt(inner, valueAt(value, [first]), rest);
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((found, part) => (found as { readonly [part: string | number]: unknown } | null | undefined)?.[part], value);
}

function put(value: unknown, path: Path, given: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) {
    return given;
  }
  if (Array.isArray(value)) {
    return value.map((one: unknown, index) => (index === first ? put(one, rest, given) : one));
  }
  return isMembers(value) ? { ...value, [first]: put(value[first], rest, given) } : value;
}
