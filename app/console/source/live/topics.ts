/** Following events: all that the console knows of topics, which the client's runtime follows for it. */

import type { Connection } from "@runtime/connection.ts";
import type { Topic } from "@runtime/operation.ts";
import { filtered, made } from "@runtime/topic.ts";
import type { AnyEvent } from "../contract/tables.ts";
import type { Catalogue, Happening } from "../contract/catalogue.ts";
import type { Located } from "../contract/schema.ts";

export interface Followed {
  /** Of the event whose topic it is, or of a topic with its values. */
  readonly name: string;
  readonly stop: () => void;
}

/** A topic with parameters or a filter: what they say makes its name. */
export interface Family {
  readonly template: string;
  readonly parameters: readonly { readonly path: string; readonly type: Located | undefined }[];
  /** A record with a list of values for each field; undefined where the topic is followed whole. */
  readonly filter: Located | undefined;
  readonly happenings: readonly Happening[];
}

const PARAMETER = /^\{(.+)\}$/;

/** In the order of the contract's events. */
export function familiesOf(catalogue: Catalogue): Family[] {
  const happenings = [...catalogue.events.values()];
  const templates = new Set(happenings.flatMap((one) => one.topics.filter((topic) => topic.includes("{") || catalogue.filters.has(topic))));
  return [...templates].map((template) => {
    const told = happenings.filter((one) => one.topics.includes(template));
    const paths = template.split("/").flatMap((part) => PARAMETER.exec(part)?.[1] ?? []);
    return { template, happenings: told, filter: catalogue.filters.get(template), parameters: paths.map((path) => ({ path, type: told[0] && fieldOf(told[0].type, path) })) };
  });
}

/** The field of an event that gives a parameter its value; undefined where code calls it otherwise than JSON does. */
function fieldOf(record: Located, path: string): Located | undefined {
  return path.split(".").reduce<Located | undefined>((found, name) => found?.plain.fields.find((one) => one.name === name)?.type, record);
}

/** A value for each parameter, and at least one for each field of `wanted`. */
export function topicOf({ template, happenings }: Family, values: readonly unknown[], wanted: object): Topic<unknown> {
  return filtered(made<unknown>(template, happenings.map((one) => one.event), ...values), Object.entries(wanted));
}

/** Whether it is the name of a topic that has values, and not of an event. */
export function hasValues(name: string): boolean {
  return /[/?]/.test(name);
}

/** `tell` hears why the events have ended, if nobody stopped them. */
export function follow(connection: Connection, name: string, what: AnyEvent | Topic<unknown>, tell: (reason: string) => void): Followed {
  const stream = connection.events(what);
  let isStopped = false;
  const read = async (): Promise<void> => {
    for await (const _ of stream) {
      // The frame is in the log already.
    }
  };
  read().then(() => undefined, (error: unknown) => {
    if (!isStopped) {
      tell(String((error as Error).message));
    }
  });
  return {
    name,
    stop: () => {
      isStopped = true;
      void stream.return?.();
    },
  };
}
