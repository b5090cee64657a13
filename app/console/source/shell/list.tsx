/** Features with their operations and events, and a search in all of it. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Catalogue, Entry, Feature, Happening } from "../contract/catalogue.ts";
import { Tag } from "../parts/tag.tsx";
import type { Route } from "./route.ts";
import { hrefOf } from "./route.ts";

interface Props {
  readonly catalogue: Catalogue;
  readonly route: Route;
}

export function List({ catalogue, route }: Props) {
  const [text, setText] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const focus = (event: KeyboardEvent): void => {
      const isTyping = event.target instanceof HTMLElement && event.target.matches("input, textarea, select");
      if (event.key === "/" && !isTyping) {
        event.preventDefault();
        field.current?.focus();
      }
    };
    addEventListener("keydown", focus);
    return () => removeEventListener("keydown", focus);
  }, []);
  const words = text.toLowerCase().split(/\s+/).filter((one) => one !== "");
  const features = catalogue.features.map((one) => narrowed(one, words)).filter((one) => one.entries.length + one.events.length > 0);
  const count = features.reduce((sum, one) => sum + one.entries.length + one.events.length, 0);
  return (
    <>
      <div class="search">
        <input ref={field} type="search" placeholder="Search…  /" aria-label="Search operations and events" value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </div>
      <p class="hidden" role="status">{words.length > 0 ? `${count} found` : ""}</p>
      <nav class="features" aria-label="Operations and events">
        {features.map((feature) => (
          <section key={feature.name}>
            <h2>{feature.name}</h2>
            <ul>
              {feature.entries.map((one) => <EntryLink key={one.name} entry={one} isOpen={route.name === one.name && route.kind === "operation"} />)}
              {feature.events.map((one) => <EventLink key={one.name} happening={one} isOpen={route.name === one.name && route.kind === "event"} />)}
            </ul>
          </section>
        ))}
        {features.length === 0 && <p class="empty">Nothing is called “{text}”. Search looks at names, paths, roles and summaries.</p>}
      </nav>
    </>
  );
}

function EntryLink({ entry, isOpen }: { entry: Entry; isOpen: boolean }) {
  const verb = entry.data.http?.verb ?? "WS";
  return (
    <li>
      <a href={hrefOf("operation", entry.name)} aria-current={isOpen ? "page" : undefined} class={entry.isDeprecated ? "old" : undefined}>
        <Tag verb={verb} /> <span>{entry.name}</span>
      </a>
    </li>
  );
}

function EventLink({ happening, isOpen }: { happening: Happening; isOpen: boolean }) {
  return (
    <li>
      <a href={hrefOf("event", happening.name)} aria-current={isOpen ? "page" : undefined}><Tag verb="EVENT" /> <span>{happening.name}</span></a>
    </li>
  );
}

function narrowed(feature: Feature, words: readonly string[]): Feature {
  const fits = (...texts: (string | undefined)[]): boolean => {
    const whole = [feature.name, ...texts].join(" ").toLowerCase();
    return words.every((word) => whole.includes(word));
  };
  return {
    ...feature,
    entries: feature.entries.filter((one) => fits(one.name, one.summary, one.data.http?.path, one.data.http?.verb, one.roles?.flat().join(" "))),
    events: feature.events.filter((one) => fits(one.name, one.summary, ...one.topics, "event")),
  };
}
