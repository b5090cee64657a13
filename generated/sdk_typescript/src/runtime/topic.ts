/** How the names of topics are spelled. */

import type { AttendedTopic, Event, Topic } from "./operation.ts";

/** `values` take the places of the parameters, percent-encoded but for what RFC 3986 leaves as it is. */
export function made<T>(template: string, kinds: readonly Event<T>[], ...values: readonly unknown[]): Topic<T> {
  const left = [...values];
  const name = template.split("/").map((part) => (part.startsWith("{") ? spelled(String(left.shift())) : part)).join("/");
  const isSparse = values.length > 0 || kinds.some((one) => one.topic === name && one.isSparse);
  return isSparse ? { name, kinds, isSparse } : { name, kinds };
}

/** Its followers may ask who else follows it. */
export function attended<T>(topic: Topic<T>): AttendedTopic<T> {
  return { ...topic, isAttended: true };
}

/** Of its events those that have one of the values, given as one or as several, in each field whose values are there. Equal filters make equal names. */
export function filtered<K extends Topic<unknown>>(topic: K, where: readonly (readonly [path: string, given: unknown])[]): K {
  const pairs = where.flatMap(([path, given]) => (given === undefined ? [] : pairsOf(path, given)));
  return pairs.length > 0 ? { ...topic, name: `${topic.name}?${pairs.join("&")}`, isSparse: true } : topic;
}

/** No event would have none of no values. */
function pairsOf(path: string, given: unknown): string[] {
  const values: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (values.length === 0) {
    throw new RangeError(`${path}: at least one value is needed`);
  }
  return [...new Set(values.map((one) => `${path}=${spelled(String(one))}`))].sort();
}

function spelled(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}
