/** Schemas as people read them: what a type is called, what bounds it, and a value that fits. */

import type { Schema } from "./documents.ts";

/** A schema with the document in which its references are. */
export class Located {
  readonly schema: Schema;
  /** Of the reference that led here. */
  readonly name: string | undefined;
  readonly #root: object;

  constructor(schema: Schema, root: object, name?: string) {
    this.schema = schema;
    this.name = name;
    this.#root = root;
  }

  /** Where its reference leads to, or itself. */
  get resolved(): Located {
    let [schema, name] = [this.schema, this.name];
    for (let count = 0; schema.$ref !== undefined && count < 32; count += 1) {
      name = schema.$ref.split("/").at(-1);
      const { $ref, ...beside } = schema;
      schema = { ...at(this.#root, $ref), ...beside };
    }
    return new Located(schema, this.#root, name);
  }

  in(schema: Schema): Located {
    return new Located(schema, this.#root).resolved;
  }

  /** The fields of an object in their order. */
  get fields(): readonly { readonly name: string; readonly type: Located; readonly isRequired: boolean }[] {
    const { properties = {}, required = [] } = this.schema;
    return Object.entries(properties).map(([name, one]) => ({ name, type: this.in(one), isRequired: required.includes(name) }));
  }

  get items(): Located | undefined {
    return this.schema.items && this.in(this.schema.items);
  }

  /** The type of a map's values. */
  get values(): Located | undefined {
    const { additionalProperties: values } = this.schema;
    return typeof values === "object" ? this.in(values) : undefined;
  }

  /** The arms of a union; `null` is none of them. */
  get arms(): readonly Located[] {
    return (this.schema.oneOf ?? this.schema.anyOf ?? []).map((one) => this.in(one)).filter((one) => one.schema.type !== "null");
  }

  /** Beside `null`. A union has none. */
  get types(): readonly string[] {
    const { type } = this.schema;
    const listed = typeof type === "string" ? [type] : (type ?? []);
    return listed.filter((one) => one !== "null");
  }

  get isNullable(): boolean {
    const { type, oneOf, anyOf } = this.schema;
    return (Array.isArray(type) && type.includes("null")) || (oneOf ?? anyOf ?? []).some((one) => one.type === "null");
  }

  /** The arm alone where there is one, as in `oneOf: [X, null]`. */
  get plain(): Located {
    const [first, ...others] = this.arms;
    return first !== undefined && others.length === 0 ? first.plain : this;
  }
}

function at(root: object, pointer: string): Schema {
  const parts = pointer.replace(/^#\//, "").split("/");
  const found = parts.reduce<unknown>((value, part) => (value as { [name: string]: unknown } | undefined)?.[decodeURIComponent(part).replace(/~1/g, "/").replace(/~0/g, "~")], root);
  return (found ?? {}) as Schema;
}

/** The member that tells the arms of a union apart, and each arm's value of it: named by the contract, or a constant that all arms have. */
export function tagsOf(union: Located): { readonly member: string; readonly tags: readonly string[] } | undefined {
  const { discriminator } = union.schema;
  const named = typeof discriminator === "string" ? discriminator : discriminator?.propertyName;
  const [first] = union.arms;
  const member = named ?? first?.fields.find(({ name }) => union.arms.every((arm) => constantOf(arm, name) !== undefined))?.name;
  return member === undefined ? undefined : { member, tags: union.arms.map((arm) => constantOf(arm, member) ?? arm.name ?? "") };
}

function constantOf(arm: Located, member: string): string | undefined {
  const schema = arm.fields.find(({ name }) => name === member)?.type.schema;
  const value = schema?.const ?? (schema?.enum?.length === 1 ? schema.enum[0] : undefined);
  return value === undefined ? undefined : String(value);
}

export function typeName(located: Located): string {
  const type = located.plain;
  const { format, enum: members, contentEncoding } = type.schema;
  if (type.arms.length > 1) {
    return type.name ?? "one of";
  }
  if (type.items !== undefined) {
    return `list of ${typeName(type.items)}`;
  }
  if (type.values !== undefined) {
    return `map of ${typeName(type.values)}`;
  }
  if (members !== undefined) {
    return type.name ?? "enum";
  }
  const [word = "any"] = type.types;
  return word === "object" ? (type.name ?? "object") : isBytes(type) || contentEncoding ? "bytes" : (format ?? word);
}

export function isBytes({ schema }: Located): boolean {
  return schema.contentEncoding !== undefined || schema.format === "byte" || schema.format === "binary";
}

/** Of every text, since protobuf and PostgreSQL do not agree about it: it says nothing of this one. */
const NO_NUL = "^[^\\u0000]*$";

/** What bounds a value, in words. */
export function bounds({ schema }: Located): string[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, minLength, maxLength, minItems, maxItems } = schema;
  const found = [
    isImplied(schema) ? "" : between(minimum, maximum, ""),
    exclusiveMinimum === undefined ? "" : `> ${exclusiveMinimum}`,
    exclusiveMaximum === undefined ? "" : `< ${exclusiveMaximum}`,
    multipleOf === undefined ? "" : `a multiple of ${multipleOf}`,
    between(minLength, maxLength, "characters"),
    between(minItems, maxItems, "items"),
    between(schema.minProperties, schema.maxProperties, "entries"),
    schema.uniqueItems ? "no item twice" : "",
    schema.pattern === undefined || schema.pattern === NO_NUL ? "" : `matches ${schema.pattern}`,
    schema.contentMediaType ?? "",
    schema.const === undefined ? "" : `always ${JSON.stringify(schema.const)}`,
    schema.default === undefined || schema.default === null ? "" : `${JSON.stringify(schema.default)} if left out`,
  ];
  return found.filter((one) => one !== "");
}

/** The bounds of the format itself. */
function isImplied({ format, minimum, maximum }: Schema): boolean {
  const half = format === "int32" ? 2 ** 31 : 2 ** 63;
  return minimum === -half && (maximum === half - 1 || maximum === half);
}

function between(low: number | undefined, high: number | undefined, unit: string): string {
  const told = low === undefined ? (high === undefined ? "" : `≤ ${shown(high)}`) : high === undefined ? `≥ ${shown(low)}` : low === high ? `${shown(low)}` : `${shown(low)} – ${shown(high)}`;
  return told && `${told} ${unit}`.trim();
}

const shown = (value: number): string => (Math.abs(value) === Number.MAX_SAFE_INTEGER ? `${value < 0 ? "−" : ""}2⁵³−1` : value.toLocaleString("en"));

const SAMPLES: { readonly [format: string]: string } = {
  date: "2024-05-17",
  "date-time": "2024-05-17T09:30:00Z",
  time: "09:30:00",
  duration: "PT15M",
  uuid: "3f0c2f9e-6b1d-4c52-9a51-1f1f0d0c7a11",
  email: "someone@example.com",
  uri: "https://example.com/",
  hostname: "example.com",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
};

/** A value that fits, as an example shows it or as small as can be; `whole` has the optional fields too. */
export function sample(located: Located, whole = false, depth = 0): unknown {
  const type = located.plain;
  const { schema } = type;
  const given = schema.const ?? schema.example ?? schema.examples?.[0] ?? schema.default ?? schema.enum?.[0];
  if (given !== undefined && given !== null) {
    return given;
  }
  const [first] = type.arms;
  if (first !== undefined) {
    return sample(first, whole, depth + 1);
  }
  if (type.items !== undefined) {
    const count = depth > 6 ? 0 : (schema.minItems ?? (whole ? 1 : 0));
    return Array.from({ length: count }, () => sample(type.items as Located, whole, depth + 1));
  }
  if (type.types[0] === "object") {
    const fields = depth > 6 ? [] : type.fields.filter((one) => one.isRequired || whole);
    return Object.fromEntries(fields.map((one) => [one.name, sample(one.type, whole, depth + 1)]));
  }
  return scalar(type);
}

function scalar(type: Located): unknown {
  const { schema } = type;
  switch (type.types[0]) {
    case "boolean":
      return false;
    case "integer":
    case "number":
      return schema.minimum ?? (schema.exclusiveMinimum === undefined ? 0 : schema.exclusiveMinimum + 1);
    case "string":
      return SAMPLES[schema.format ?? ""] ?? (isBytes(type) ? "" : "text".padEnd(schema.minLength ?? 0, ".").slice(0, schema.maxLength ?? 20));
    default:
      return null;
  }
}
