/** How the names of topics are spelled. */

import type { Event, Topic } from "./operation.ts";

/** `values` take the places of the parameters, percent-encoded but for what RFC 3986 leaves as it is. */
export function made<T>(template: string, kinds: readonly Event<T>[], ...values: readonly unknown[]): Topic<T> {
  const left = [...values];
  const name = template.split("/").map((part) => (part.startsWith("{") ? spelled(String(left.shift())) : part)).join("/");
  const isSparse = values.length > 0 || kinds.some((one) => one.topic === name && one.isSparse);
  return isSparse ? { name, kinds, isSparse } : { name, kinds };
}

function spelled(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}
