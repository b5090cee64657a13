/** What came of an attempt: status, headers, what it says, and the bytes beside their meaning. */

import { PROBLEM_FRAME, REQUEST_FRAME, RESPONSE_FRAME } from "@runtime/envelope.ts";
import type { Catalogue, Entry } from "../contract/catalogue.ts";
import type { Shape } from "../doors/anatomy.ts";
import type { Doors, Outcome } from "../doors/doors.ts";
import { isRefusal, nameOf } from "../doors/doors.ts";
import type { Body, Header } from "../doors/recorder.ts";
import { JsonCode } from "../parts/code.tsx";
import { Copy } from "../parts/copy.tsx";
import { Tabs } from "../parts/tabs.tsx";
import { AuditRow } from "./audit_row.tsx";
import { Bytes } from "./bytes.tsx";

interface Props {
  readonly outcome: Outcome;
  readonly entry: Entry;
  readonly catalogue: Catalogue;
  readonly doors: Doors;
}

export function Result({ outcome, entry, catalogue, doors }: Props) {
  const { http, frames, result, download } = outcome;
  const received = http?.body ?? frames?.received;
  const sent = http ? http.sent.body : frames?.sent;
  return (
    <section class="result" aria-label="Answer">
      <p class="result-head">
        <Status outcome={outcome} />
        <span class="type">{nameOf(outcome)}</span>
        <span class="type">{outcome.tookMs.toFixed(1)} ms</span>
        {received !== undefined && <span class="type">{sizeOf(received).toLocaleString("en")} bytes</span>}
      </p>
      <Problem outcome={outcome} />
      <Trace outcome={outcome} entry={entry} catalogue={catalogue} doors={doors} />
      {download && <p><a class="button" href={download.url} download={download.name}>Save {download.name}</a> <span class="type">{download.size.toLocaleString("en")} bytes, {download.media}</span></p>}
      <Tabs label="Answer" tabs={[
        ...(result !== undefined ? [{ name: "Body", content: () => <JsonCode text={result} what="The answer" /> }] : []),
        ...(received !== undefined && sizeOf(received) > 0 ? [{ name: "As received", content: () => <Raw body={received} shape={shapeOf(entry, outcome, "received")} inner={innerOf(entry, outcome, "received")} what="What was received" /> }] : []),
        ...(http?.headers ? [{ name: "Headers", content: () => <Headers headers={http.headers ?? []} what="Of the answer" /> }] : []),
        { name: "As sent", content: () => <Sent outcome={outcome} entry={entry} body={sent} /> },
      ]} />
    </section>
  );
}

function Status({ outcome: { http, error } }: { readonly outcome: Outcome }) {
  if (http?.status !== undefined) {
    return <span class={http.status < 400 ? "status good" : "status bad"}>{http.status}</span>;
  }
  return error === undefined ? <span class="status good">OK</span> : <span class="status bad">{isRefusal(error) ? error.kind : "no answer"}</span>;
}

function Problem({ outcome: { error } }: { readonly outcome: Outcome }) {
  if (error === undefined) {
    return null;
  }
  if (!isRefusal(error)) {
    return (
      <div class="refusal" role="alert">
        <p><strong>{error.message}</strong></p>
        <p class="type">{error.name}: the client says so, not the service.</p>
      </div>
    );
  }
  return (
    <div class="refusal" role="alert">
      <p><strong>{error.title || error.message}</strong> <code>{error.code}</code></p>
      {error.detail && error.detail !== error.title && <p>{error.detail}</p>}
      {error.errors.length > 0 && <ul>{error.errors.map((one) => <li key={one.pointer}><code>{one.pointer || "/"}</code> {one.message}</li>)}</ul>}
      {error.retryAfterMs !== undefined && <p>Again after {error.retryAfterMs / 1000} s.</p>}
    </div>
  );
}

/** A frame that succeeds does not say its trace: then there is only the call's own id. */
function Trace({ outcome: { error, requestId, http }, entry, catalogue, doors }: Props) {
  const trace = isRefusal(error) ? error.traceId : http?.headers?.find(([name]) => name === "x-correlation-id")?.[1];
  return (
    <div class="trace">
      {trace ? <>Trace <code>{trace}</code> <Copy text={trace} what="the trace id" /> <AuditRow key={trace} trace={trace} entry={entry} catalogue={catalogue} doors={doors} /></> : <>Call <code>{requestId}</code> <Copy text={requestId} what="the call's id" /></>}
    </div>
  );
}

function Headers({ headers, what }: { readonly headers: readonly Header[]; readonly what: string }) {
  return (
    <table class="headers">
      <caption class="hidden">{what}</caption>
      <tbody>{headers.map(([name, value]) => <tr key={name}><th scope="row">{name}</th><td>{value}</td></tr>)}</tbody>
    </table>
  );
}

function Sent({ outcome, entry, body }: Pick<Props, "outcome" | "entry"> & { readonly body: Body | undefined }) {
  const { http } = outcome;
  return (
    <>
      {http && <p class="line"><code>{http.sent.verb} {http.sent.target}</code></p>}
      {http && <Headers headers={http.sent.headers} what="Of the request" />}
      {body === undefined ? <p class="empty">{http ? "No body." : "No frame was sent."}</p> : <Raw body={body} shape={shapeOf(entry, outcome, "sent")} inner={innerOf(entry, outcome, "sent")} what="What was sent" />}
    </>
  );
}

interface RawProps {
  readonly body: Body;
  readonly shape: Shape;
  readonly inner: (field: string) => Shape;
  readonly what: string;
}

/** JSON as text, protobuf as bytes beside their meaning. */
export function Raw({ body, shape, inner, what }: RawProps) {
  return typeof body === "string" ? <JsonCode text={body} what={what} /> : <Bytes bytes={body} shape={shape} inner={inner} what={what} />;
}

type Side = "sent" | "received";

function shapeOf({ operation }: Entry, { door, error }: Outcome, side: Side): Shape {
  if (door === "ws") {
    return side === "sent" ? REQUEST_FRAME : RESPONSE_FRAME;
  }
  return side === "sent" ? operation.input() : error === undefined ? operation.output?.() : undefined;
}

/** The content of a frame; a field of the contract that is called so is none. */
function innerOf({ operation }: Entry, { door, error }: Outcome, side: Side): (field: string) => Shape {
  return (field) => {
    if (door !== "ws" || field !== "data") {
      return undefined;
    }
    return side === "sent" ? operation.input() : error === undefined ? operation.output?.() : PROBLEM_FRAME;
  };
}

function sizeOf(body: Body): number {
  return typeof body === "string" ? new TextEncoder().encode(body).length : body.length;
}
