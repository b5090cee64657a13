/** Where in the console one is: the fragment of the address, so that a place can be linked and the browser's buttons work. */

import { useEffect, useState } from "preact/hooks";

export interface Route {
  readonly kind: "overview" | "operation" | "event" | "live";
  readonly name: string;
}

export function hrefOf(kind: Route["kind"], name = ""): string {
  return `#/${kind}${name && `/${encodeURIComponent(name)}`}`;
}

function current(): Route {
  const [, kind, name = ""] = location.hash.split("/");
  const known = kind === "operation" || kind === "event" || kind === "live";
  return { kind: known ? kind : "overview", name: decodeURIComponent(name) };
}

export function useRoute(): Route {
  const [route, setRoute] = useState(current);
  useEffect(() => {
    const change = (): void => setRoute(current());
    addEventListener("hashchange", change);
    return () => removeEventListener("hashchange", change);
  }, []);
  return route;
}
