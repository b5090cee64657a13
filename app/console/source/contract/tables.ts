/** The tables of `client.json` as the runtime of the TypeScript client takes them: the same client, of any contract. */

import { exchange } from "@runtime/content.ts";
import type { Contract, Event, Operation } from "@runtime/operation.ts";
import type { EnumTable, Field, Kind, RecordTable, Scalar, Table } from "@runtime/schema.ts";
import type { ClientData, FieldData, OperationData } from "./documents.ts";

export type AnyOperation = Operation<unknown, unknown>;
export type AnyEvent = Event<unknown>;

export interface Driven {
  readonly contract: Contract;
  readonly operations: ReadonlyMap<string, AnyOperation>;
  readonly events: ReadonlyMap<string, AnyEvent>;
  /** Records and unions by name. */
  readonly table: (name: string) => Table<unknown>;
}

export function revive(data: ClientData): Driven {
  const tables = new Tables(data);
  const operations = new Map(Object.entries(data.operations).map(([name, one]) => [name, operationOf(name, one, tables)]));
  const events = new Map(
    Object.entries(data.events).map(([name, { output, feature: _, topics: __, ...event }]) => [name, { name, ...event, output: () => tables.get(output) }] as const),
  );
  const session = Object.fromEntries(Object.entries(data.session).map(([role, name]) => [role, operations.get(name)]));
  const { version, address, subprotocols } = data;
  const contract = { version, client: `console/${version}`, address, subprotocols, errors: {}, session } as unknown as Contract;
  return { contract, operations, events, table: (name) => tables.get(name) };
}

function operationOf(name: string, data: OperationData, tables: Tables): AnyOperation {
  const { input, output, bytes, feature: _, python: __, typescript: ___, ...rest } = data;
  return {
    name,
    ...rest,
    input: () => tables.get(input) as RecordTable<unknown>,
    ...(output === undefined ? {} : { output: () => tables.get(output) }),
    ...(bytes ? { exchange } : {}),
  };
}

class Tables {
  readonly #data: ClientData;
  readonly #made = new Map<string, Table<unknown>>();

  constructor(data: ClientData) {
    this.#data = data;
  }

  get(name: string): Table<unknown> {
    const made = this.#made.get(name) ?? this.#make(name);
    this.#made.set(name, made);
    return made;
  }

  #make(name: string): Table<unknown> {
    const data = this.#data.tables[name];
    if (data === undefined || "members" in data) {
      throw new Error(`client.json has no record ${name}`);
    }
    if ("fields" in data) {
      return { fields: data.fields.map((one) => this.#field(one)) };
    }
    const { arms, ...union } = data;
    return { ...union, arms: arms.map((arm) => ({ ...arm, record: () => this.get(arm.record) as RecordTable<unknown> })) };
  }

  #field({ kind, ...rest }: FieldData): Field {
    return { ...rest, kind: typeof kind === "string" ? (kind as Scalar) : this.#kind(kind.ref) };
  }

  #kind(name: string): Kind {
    const data = this.#data.tables[name];
    return data !== undefined && "members" in data ? (data as EnumTable) : () => this.get(name);
  }
}
