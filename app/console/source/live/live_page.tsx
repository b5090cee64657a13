/** One socket: what is sent and what comes, calls in flight, events, and ways to do it harm. */

import { useEffect, useMemo, useState } from "preact/hooks";
import type { Encoding } from "@runtime/options.ts";
import type { Catalogue } from "../contract/catalogue.ts";
import type { Doors } from "../doors/doors.ts";
import { useSession } from "../session/account.tsx";
import { Composer } from "./composer.tsx";
import { Events } from "./events.tsx";
import { Live } from "./live.ts";
import { LogView } from "./log_view.tsx";

interface Props {
  readonly catalogue: Catalogue;
  readonly doors: Doors;
}

const WORDS = { closed: "Closed", connecting: "Connecting…", open: "Open", waiting: "Will connect again" } as const;

export function LivePage({ catalogue, doors }: Props) {
  useSession(doors.session);
  const [, setCount] = useState(0);
  const live = useMemo(() => new Live(catalogue, doors, () => setCount((count) => count + 1)), [catalogue, doors]);
  useEffect(() => () => void live.close(), [live]);
  return (
    <article class="page live">
      <div class="live-head">
        <h1>Live</h1>
        <span class={`state ${live.state}`} role="status">{WORDS[live.state]}</span>
      </div>
      <p class="lead">One socket as the generated client keeps it: each frame both ways, and what the client does by itself.</p>
      {!doors.session.isLoggedIn && <p class="notice">Log in above before you connect, so that the socket has a token.</p>}
      <Controls live={live} doors={doors} />
      <div class="live-columns">
        <div class="live-side">
          <Events live={live} catalogue={catalogue} />
          <Composer live={live} catalogue={catalogue} />
          <Flights live={live} />
        </div>
        <LogView live={live} catalogue={catalogue} />
      </div>
    </article>
  );
}

function Controls({ live, doors }: { readonly live: Live; readonly doors: Doors }) {
  const [encoding, setEncoding] = useState<Encoding>("json");
  const isRunning = live.state !== "closed";
  const isOpen = live.state === "open";
  return (
    <div class="controls" role="group" aria-label="The socket">
      <label for="encoding" class="hidden">Encoding</label>
      <select id="encoding" value={encoding} disabled={isRunning} onChange={(event) => setEncoding(event.currentTarget.value as Encoding)}>
        <option value="json">JSON</option>
        <option value="protobuf">protobuf</option>
      </select>
      {isRunning ? <button class="button" onClick={() => void live.close()}>Disconnect</button> : <button class="primary" onClick={() => live.connect(encoding)}>Connect</button>}
      <span class="gap" />
      <button disabled={!isOpen} onClick={() => live.cut()}>Cut the socket</button>
      <button disabled={!isRunning} aria-pressed={live.isBlocked} onClick={() => live.toggleBlock()}>{live.isBlocked ? "Let sockets through" : "Let no socket through"}</button>
      <button disabled={!isOpen} aria-pressed={live.isDeaf} onClick={() => live.toggleDeaf()}>{live.isDeaf ? "Read on" : "Stop reading"}</button>
      <button disabled={!doors.session.isLoggedIn} aria-pressed={doors.session.isHeld} onClick={() => live.toggleHold()}>{doors.session.isHeld ? "Renew again" : "Let the token expire"}</button>
    </div>
  );
}

function Flights({ live }: { readonly live: Live }) {
  return (
    <section>
      <h2>In flight</h2>
      {live.flights.length === 0 && <p class="empty">No call waits for its answer.</p>}
      <ul>
        {live.flights.map((one) => (
          <li key={one.requestId} class="flight"><span>{one.entry.name} <code>{one.requestId.slice(0, 8)}</code></span><button class="quiet" aria-label={`Cancel ${one.entry.name} ${one.requestId.slice(0, 8)}`} onClick={() => one.stop.abort(new Error("cancelled in the console"))}>Cancel</button></li>
        ))}
      </ul>
    </section>
  );
}
