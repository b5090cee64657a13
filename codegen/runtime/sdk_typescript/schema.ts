/**
 * What the compiler says of the contract's types: one table per record, which drives JSON and protobuf alike.
 *
 * Tables are plain data, so that a bundler drops those that nobody names. They refer to each other through functions,
 * for records may hold each other.
 */

/**
 * `int64` is a bigint in TypeScript, `safe` an int64 whose bounds a number holds. `moment` and `duration` are texts
 * (RFC 3339, ISO 8601) that protobuf has as messages.
 */
export type Scalar = "bool" | "int32" | "int64" | "safe" | "double" | "string" | "bytes" | "moment" | "duration";

/** A text's number in protobuf, for each member of an enum. An enum of numbers is an `int32`. */
export interface EnumTable {
  readonly members: { readonly [value: string]: number };
}

/** The contract's types name it so, for one of them may be called `Uint8Array`. */
export type Bytes = Uint8Array;

/** A type of one value. */
export type Kind = Scalar | EnumTable | (() => Table<unknown>);

/**
 * A property of a record. Without `optional` it is always there; `nullable` says that null stands for what is absent in
 * protobuf. `initial` is what an absent field means, in its JSON form.
 */
export interface Field {
  readonly name: string;
  /** The member in JSON, where it is not `name`. */
  readonly wire?: string;
  /** The number in protobuf; 0 where the record has no message. */
  readonly no: number;
  readonly kind: Kind;
  readonly many?: "list" | "map";
  readonly optional?: true;
  readonly nullable?: true;
  readonly initial?: unknown;
  /** The one value of a constant; filled in where the caller leaves it out. */
  readonly constant?: string;
  /** Whether protobuf has the value in a message of its own, such as `google.protobuf.StringValue`. */
  readonly wrapped?: true;
}

export interface RecordTable<T> {
  readonly fields: readonly Field[];
  /** Never there: it carries the type. */
  readonly type?: T;
}

/** An arm is told by the value of its tag in JSON, and by its field's number in protobuf. */
export interface Arm {
  readonly tag: string;
  readonly no: number;
  readonly record: () => RecordTable<unknown>;
}

/** `tag` is the property that tells the arms apart, `wire` its member in JSON where that is another. */
export interface UnionTable<T> {
  readonly tag: string;
  readonly wire?: string;
  readonly arms: readonly Arm[];
  readonly type?: T;
}

export type Table<T> = RecordTable<T> | UnionTable<T>;

/** The tag of an arm that this version does not know: `{ kind: "$unknown", tag, raw }`. */
export const UNKNOWN = "$unknown";

/** Deeper values are refused in both encodings; a level of JSON is two messages at most. */
export const MAX_DEPTH = 100;

/** Data from the server that the tables cannot read; `pointer` is where, as RFC 6901 has it. */
export class Malformed extends Error {
  readonly pointer: string;

  constructor(message: string, path: readonly (string | number)[] = []) {
    super(message);
    this.name = "Malformed";
    this.pointer = path.map((part) => `/${String(part).replace(/~/g, "~0").replace(/\//g, "~1")}`).join("");
  }
}
