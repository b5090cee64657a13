/** The frame of the console: bar, list, and the page that is open. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Catalogue } from "../contract/catalogue.ts";
import { Doors } from "../doors/doors.ts";
import { LivePage } from "../live/live_page.tsx";
import { EventPage } from "../reference/event_page.tsx";
import { OperationPage } from "../reference/operation_page.tsx";
import { Overview } from "../reference/overview.tsx";
import { Account } from "../session/account.tsx";
import { Session } from "../session/session.ts";
import { List } from "./list.tsx";
import type { Route } from "./route.ts";
import { hrefOf, useRoute } from "./route.ts";
import { ThemeButton } from "./theme.tsx";

interface Props {
  readonly catalogue: Catalogue;
  readonly base: string;
  /** Whether the operations are at this address. */
  readonly isService: boolean;
}

export function App({ catalogue, base, isService }: Props) {
  const route = useRoute();
  const session = useMemo(() => new Session(catalogue, base), [catalogue, base]);
  const doors = useMemo(() => new Doors(catalogue, base, session), [catalogue, base, session]);
  const [isOpen, setOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    setOpen(false);
    scrollTo(0, 0);
  }, [route]);
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); main.current?.focus(); }}>Skip to the content</a>
      <header class="bar">
        <button class="quiet menu" aria-expanded={isOpen} aria-controls="list" onClick={() => setOpen(!isOpen)}>☰<span class="hidden"> Operations</span></button>
        <a class="brand" href={hrefOf("overview")}><strong>{catalogue.title}</strong> <span class="version">{catalogue.version}</span></a>
        <nav class="bar-links" aria-label="Console">
          {catalogue.documents.asyncapi && isService && <a href={hrefOf("live")} aria-current={route.kind === "live" ? "page" : undefined}>Live</a>}
          {isService && <Account session={session} catalogue={catalogue} />}
          <ThemeButton />
        </nav>
      </header>
      <div class="frame">
        <aside id="list" class={isOpen ? "list open" : "list"} aria-label="Operations and events">
          <List catalogue={catalogue} route={route} />
        </aside>
        <main id="main" ref={main} tabIndex={-1}>
          <Page route={route} catalogue={catalogue} doors={doors} isService={isService} />
        </main>
      </div>
    </>
  );
}

function Page({ route, catalogue, doors, isService }: { route: Route; catalogue: Catalogue; doors: Doors; isService: boolean }) {
  const entry = catalogue.entries.get(route.name);
  const happening = catalogue.events.get(route.name);
  if (route.kind === "operation" && entry) {
    return <OperationPage key={entry.name} entry={entry} catalogue={catalogue} doors={isService ? doors : undefined} />;
  }
  if (route.kind === "event" && happening) {
    return <EventPage happening={happening} catalogue={catalogue} />;
  }
  if (route.kind === "live" && isService) {
    return <LivePage catalogue={catalogue} doors={doors} />;
  }
  if (route.kind === "overview") {
    return <Overview catalogue={catalogue} isService={isService} />;
  }
  return (
    <article class="page">
      <h1>There is no “{route.name || route.kind}”</h1>
      <p>The contract may have changed since this address was written down.</p>
      <p><a class="button" href={hrefOf("overview")}>See what there is</a></p>
    </article>
  );
}
