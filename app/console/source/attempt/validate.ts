/** What the contract says of a value that is being written, field by field. The service has the last word. */

import type { Schema } from "../contract/documents.ts";
import type { Located } from "../contract/schema.ts";
import { isBytes, tagsOf } from "../contract/schema.ts";

export interface Fault {
  /** RFC 6901. */
  readonly pointer: string;
  readonly message: string;
}

type Members = { readonly [name: string]: unknown };

export const step = (pointer: string, part: string | number): string => `${pointer}/${String(part).replace(/~/g, "~0").replace(/\//g, "~1")}`;

export function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function validate(located: Located, value: unknown, pointer = ""): Fault[] {
  if (value === null && located.isNullable) {
    return [];
  }
  const type = located.plain;
  const says = (message: string): Fault[] => [{ pointer, message }];
  if (type.arms.length > 1) {
    return ofUnion(type, value, pointer);
  }
  if (type.items !== undefined) {
    return Array.isArray(value) ? ofList(type, type.items, value, pointer) : says("A list is needed.");
  }
  if (type.types[0] === "object") {
    return isMembers(value) ? ofObject(type, value, pointer) : says("An object is needed.");
  }
  const message = ofScalar(type, value);
  return message === undefined ? [] : says(message);
}

function ofUnion(union: Located, value: unknown, pointer: string): Fault[] {
  const told = tagsOf(union);
  if (told === undefined) {
    const all = union.arms.map((arm) => validate(arm, value, pointer));
    return all.find((faults) => faults.length === 0) ?? all[0] ?? [];
  }
  const index = isMembers(value) ? told.tags.indexOf(String(value[told.member])) : -1;
  const arm = union.arms[index];
  return arm ? validate(arm, value, pointer) : [{ pointer: step(pointer, told.member), message: `One of ${told.tags.join(", ")} is needed.` }];
}

function ofList({ schema }: Located, items: Located, value: readonly unknown[], pointer: string): Fault[] {
  const found = value.flatMap((one, index) => validate(items, one, step(pointer, index)));
  const isRepeated = schema.uniqueItems === true && new Set(value.map((one) => JSON.stringify(one))).size < value.length;
  const own = isRepeated ? "No item may come twice." : counted(value.length, schema.minItems, schema.maxItems, "items");
  return own === undefined ? found : [{ pointer, message: own }, ...found];
}

function ofObject(type: Located, value: Members, pointer: string): Fault[] {
  const { values, fields } = type;
  if (values !== undefined) {
    return Object.entries(value).flatMap(([key, one]) => validate(values, one, step(pointer, key)));
  }
  const known = new Set(fields.map((one) => one.name));
  const strange = Object.keys(value).filter((name) => !known.has(name));
  return [
    ...strange.map((name) => ({ pointer: step(pointer, name), message: "The contract has no such field." })),
    ...fields.flatMap((field) => {
      const given = value[field.name];
      if (given === undefined) {
        return field.isRequired ? [{ pointer: step(pointer, field.name), message: "This is required." }] : [];
      }
      return validate(field.type, given, step(pointer, field.name));
    }),
  ];
}

function ofScalar(type: Located, value: unknown): string | undefined {
  const { schema } = type;
  const [word] = type.types;
  if (schema.enum !== undefined && !schema.enum.includes(value)) {
    return `One of ${schema.enum.join(", ")} is needed.`;
  }
  if (schema.const !== undefined && schema.const !== value) {
    return `It is always ${JSON.stringify(schema.const)}.`;
  }
  if (word === "boolean") {
    return typeof value === "boolean" ? undefined : "True or false is needed.";
  }
  if (word === "integer" || word === "number") {
    return ofNumber(schema, value, word === "integer");
  }
  return word === "string" ? ofText(type, value) : undefined;
}

/** Digits in quotes are an integer that a number does not hold. */
function ofNumber(schema: Schema, value: unknown, isWhole: boolean): string | undefined {
  const number = isWhole && typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number) || (isWhole && !Number.isInteger(number))) {
    return isWhole ? "A whole number is needed." : "A number is needed.";
  }
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  if (minimum !== undefined && number < minimum) {
    return `${minimum} is the least.`;
  }
  if (maximum !== undefined && number > maximum) {
    return `${maximum} is the most.`;
  }
  if (exclusiveMinimum !== undefined && number <= exclusiveMinimum) {
    return `It must be above ${exclusiveMinimum}.`;
  }
  return exclusiveMaximum !== undefined && number >= exclusiveMaximum ? `It must be below ${exclusiveMaximum}.` : undefined;
}

const FORMS: { readonly [format: string]: RegExp } = {
  date: /^\d{4}-\d\d-\d\d$/,
  "date-time": /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)$/,
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  duration: /^[-+]?P(?!$)(\d+D)?(T(?!$)(\d+H)?(\d+M)?(\d+([.,]\d+)?S)?)?$/,
};

function ofText(type: Located, value: unknown): string | undefined {
  const { minLength, maxLength, pattern, format } = type.schema;
  if (typeof value !== "string") {
    return "A text is needed.";
  }
  if (isBytes(type)) {
    return /^[A-Za-z0-9+/]*={0,2}$/.test(value) && value.length % 4 === 0 ? undefined : "Bytes are written in base64.";
  }
  const form = FORMS[format ?? ""];
  if (form !== undefined && !form.test(value)) {
    return `A ${format} is needed.`;
  }
  const count = counted([...value].length, minLength, maxLength, "characters");
  return count ?? (pattern !== undefined && !fits(pattern, value) ? `It must match ${pattern}.` : undefined);
}

function fits(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, "u").test(value);
  } catch {
    return true; // Another dialect: the service judges it.
  }
}

function counted(count: number, least: number | undefined, most: number | undefined, unit: string): string | undefined {
  if (least !== undefined && count < least) {
    return least === 1 ? "It must not be empty." : `At least ${least} ${unit} are needed.`;
  }
  return most !== undefined && count > most ? `At most ${most} ${unit} are allowed.` : undefined;
}
