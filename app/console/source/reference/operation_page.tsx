/** One operation: what it is, who may call it, what goes in and comes out, and a place to try it. */

import { useRef } from "preact/hooks";
import { TryPanel } from "../attempt/try_panel.tsx";
import type { Catalogue, Entry, Fault } from "../contract/catalogue.ts";
import type { Doors } from "../doors/doors.ts";
import { Code } from "../parts/code.tsx";
import { Prose } from "../parts/prose.tsx";
import { Tabs } from "../parts/tabs.tsx";
import { Tag } from "../parts/tag.tsx";
import { hrefOf } from "../shell/route.ts";
import { samples } from "./samples.ts";
import { SchemaTree } from "./schema_tree.tsx";

interface Props {
  readonly entry: Entry;
  readonly catalogue: Catalogue;
  /** Undefined where nothing can be called from here. */
  readonly doors: Doors | undefined;
}

export function OperationPage({ entry, catalogue, doors }: Props) {
  const panel = useRef<HTMLElement>(null);
  return (
    <article class="page operation">
      <div class="reference">
        <p class="crumb">{entry.feature}</p>
        <h1>{entry.name}{entry.isDeprecated && <span class="mark">deprecated</span>}</h1>
        <p class="lead">{entry.summary}</p>
        <button class="jump" onClick={() => panel.current?.scrollIntoView()}>Try it</button>
        <Prose text={entry.description} />
        <Bindings entry={entry} catalogue={catalogue} />
        <Facts entry={entry} catalogue={catalogue} />
        <section>
          <h2>Request</h2>
          {entry.input.fields.length === 0 ? <p class="empty">It takes no input.</p> : <SchemaTree type={entry.input} />}
        </section>
        <section>
          <h2>Answer</h2>
          {entry.answers.map((one) => (
            <div key={one.status}>
              <p class="answer"><span class="status good">{one.status === "0" ? "OK" : one.status}</span> {one.description}</p>
              {one.type ? <SchemaTree type={one.type} /> : <p class="empty">No content.</p>}
            </div>
          ))}
        </section>
        <Faults faults={entry.faults} />
        <section>
          <h2>In code</h2>
          <Tabs label="Languages" tabs={samples(entry, catalogue).map((one) => ({ name: one.name, content: () => <Code text={one.text} what={`The call in ${one.name}`} /> }))} />
        </section>
      </div>
      <section class="try" aria-label="Try it" ref={panel}>
        {doors ? <TryPanel entry={entry} catalogue={catalogue} doors={doors} /> : <p class="empty">This page comes from the admin port: open the console at the service's own address to call operations.</p>}
      </section>
    </article>
  );
}

function Bindings({ entry: { data }, catalogue }: { readonly entry: Entry; readonly catalogue: Catalogue }) {
  const encodings = data.protobuf ? "JSON · protobuf" : data.bytes ? "JSON and bytes" : "JSON";
  return (
    <table class="bindings">
      <caption class="hidden">Where the operation is</caption>
      <tbody>
        {data.http && <tr><th scope="row">REST</th><td><Tag verb={data.http.verb} /> <code>{data.http.path}</code></td><td>{encodings}</td></tr>}
        {data.pkgId !== undefined && <tr><th scope="row">WebSocket</th><td><Tag verb="WS" /> <code>{catalogue.documents.client.address}</code> PkgID <code>{data.pkgId}</code></td><td>{encodings}</td></tr>}
      </tbody>
    </table>
  );
}

const REPEATS: { readonly [word: string]: string } = {
  key: "Safe with one Idempotency-Key",
  natural: "Safe: the effect is the same",
  none: "Not safe: it may take effect twice",
};

function Facts({ entry, catalogue }: { readonly entry: Entry; readonly catalogue: Catalogue }) {
  const { words, roles, data } = entry;
  const bucket = catalogue.documents.client.limits[words["x-rate-limit"] ?? ""];
  const objective = words["x-slo"]?.latency;
  return (
    <dl class="facts">
      <div><dt>Roles</dt><dd>{roles === undefined ? "Anybody" : roles.length === 0 ? "Whoever is logged in" : roles.map((group, index) => <span key={index}>{index > 0 && " or "}{group.map((role) => <code key={role}>{role}</code>)}</span>)}</dd></div>
      {bucket && <div><dt>Limit</dt><dd>{bucket.limit.toLocaleString("en")} in {bucket.window_s} s <span class="quieter">({words["x-rate-limit"]}, per {bucket.key})</span></dd></div>}
      <div><dt>Repeating</dt><dd>{data.query ? "Safe: it only reads" : REPEATS[data.idempotency]}</dd></div>
      {words["x-timeout"] && <div><dt>Deadline</dt><dd>{words["x-timeout"].replace(/(\d+)000ms$/, "$1 s").replace("ms", " ms")}</dd></div>}
      {objective && <div><dt>Objective</dt><dd>{objective.percent} % within {objective.within.replace("ms", " ms")}</dd></div>}
      {words["x-audit"] && <div><dt>Audit</dt><dd>{words["x-audit"]}</dd></div>}
      {words["x-publishes"] && <div><dt>Publishes</dt><dd>{words["x-publishes"].map((one) => <a key={one} href={hrefOf("event", one)}>{one}</a>)}</dd></div>}
    </dl>
  );
}

function Faults({ faults }: { readonly faults: readonly Fault[] }) {
  return (
    <section>
      <h2>Errors</h2>
      <details>
        <summary>{faults.length} that a caller may hear of</summary>
        <table class="faults">
          <thead><tr><th scope="col">Status</th><th scope="col">Code</th><th scope="col">Meaning</th></tr></thead>
          <tbody>
            {faults.map((one) => (
              <tr key={one.code}><td><span class="status bad">{one.status}</span></td><td><code>{one.code}</code></td><td>{one.title}{one.retryable && <span class="quieter"> Try again.</span>}</td></tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  );
}
