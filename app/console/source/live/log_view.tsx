/** The log of a socket: filtered, pinned, opened, copied, and sent again. */

import { PROBLEM_FRAME, REQUEST_FRAME, RESPONSE_FRAME } from "@runtime/envelope.ts";
import { useState } from "preact/hooks";
import { Raw } from "../attempt/result.tsx";
import type { Catalogue } from "../contract/catalogue.ts";
import type { Shape } from "../doors/anatomy.ts";
import { hex } from "../doors/anatomy.ts";
import { Copy } from "../parts/copy.tsx";
import type { Line } from "./log.ts";
import type { Live } from "./live.ts";

interface Props {
  readonly live: Live;
  readonly catalogue: Catalogue;
}

const SIGNS = { sent: "↑", received: "↓", client: "•" } as const;
const KINDS = ["sent", "received", "client"] as const;

export function LogView({ live, catalogue }: Props) {
  const [text, setText] = useState("");
  const [hidden, setHidden] = useState<ReadonlySet<Line["direction"]>>(new Set());
  const wanted = text.toLowerCase();
  const shown = live.log.lines.filter((one) => one.isPinned || (!hidden.has(one.direction) && textOf(one).toLowerCase().includes(wanted)));
  const toggle = (kind: Line["direction"]): void => {
    const next = new Set(hidden);
    if (!next.delete(kind)) {
      next.add(kind);
    }
    setHidden(next);
  };
  const [, redraw] = useState(0);
  return (
    <section class="log" aria-label="Log">
      <div class="log-head">
        <h2>Log</h2>
        <input type="search" aria-label="Filter the log" placeholder="Filter…" value={text} onInput={(event) => setText(event.currentTarget.value)} />
        {KINDS.map((kind) => <button key={kind} class="quiet" aria-pressed={!hidden.has(kind)} onClick={() => toggle(kind)}>{SIGNS[kind]} {kind}</button>)}
        <button class="quiet" onClick={() => { live.log.clear(); redraw((count) => count + 1); }}>Clear</button>
      </div>
      {live.log.lines.length === 0 && <p class="empty">Nothing has happened yet. Connect, follow an event, send a call: each frame will stand here.</p>}
      {live.log.lines.length > 0 && shown.length === 0 && <p class="empty">Nothing fits the filter.</p>}
      <ol class="lines">
        {shown.toReversed().map((line) => <Row key={line.id} line={line} live={live} catalogue={catalogue} onPin={() => { live.log.pin(line); redraw((count) => count + 1); }} />)}
      </ol>
    </section>
  );
}

function textOf({ name, note, body }: Line): string {
  return `${name} ${note} ${typeof body === "string" ? body : ""}`;
}

function Row({ line, live, catalogue, onPin }: { readonly line: Line; readonly live: Live; readonly catalogue: Catalogue; readonly onPin: () => void }) {
  const { direction, name, note, body, facts, at, isPinned } = line;
  const [isOpen, setOpen] = useState(false);
  const head = (
    <>
      <span class="at">{(at / 1000).toFixed(3)}</span>
      <span class={`sign ${direction}`} aria-label={direction} role="img">{SIGNS[direction]}</span>
      <strong>{name}</strong>{note && <span class="type"> · {note}</span>}
    </>
  );
  if (body === undefined) {
    return <li class="line-client">{head}</li>;
  }
  return (
    <li class={isPinned ? "pinned" : undefined}>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{head}<span class="type size">{typeof body === "string" ? body.length : `${body.length} bytes`}</span></summary>
        <p class="line-buttons">
          <button class="quiet" aria-pressed={isPinned} onClick={onPin}>{isPinned ? "Unpin" : "Pin"}</button>
          <Copy text={typeof body === "string" ? body : hex(body, body.length)} what="the frame" />
          {direction === "sent" && live.canReplay(facts?.requestId) && <button class="quiet" onClick={() => live.replay(facts?.requestId)}>Send again</button>}
          {facts?.requestId && <span class="type">req_id <code>{facts.requestId}</code></span>}
        </p>
        {isOpen && <Raw body={body} shape={direction === "sent" ? REQUEST_FRAME : RESPONSE_FRAME} inner={innerOf(line, catalogue)} what={`The frame ${name}`} />}
      </details>
    </li>
  );
}

/** The content of a frame, by the operation or event that it names. */
function innerOf({ direction, name, facts }: Line, catalogue: Catalogue): (field: string) => Shape {
  return (field) => {
    if (field !== "data") {
      return undefined;
    }
    const operation = catalogue.entries.get(name)?.operation;
    if (direction === "sent") {
      return operation?.input();
    }
    return facts?.status ? PROBLEM_FRAME : (operation?.output?.() ?? catalogue.events.get(name)?.event.output());
  };
}
