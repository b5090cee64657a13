/** What the contract has, at a glance. */

import type { Catalogue } from "../contract/catalogue.ts";
import { Tag } from "../parts/tag.tsx";
import { Line } from "../parts/prose.tsx";
import { hrefOf } from "../shell/route.ts";

export function Overview({ catalogue, isService }: { readonly catalogue: Catalogue; readonly isService: boolean }) {
  const { title, summary, features, entries, events, documents } = catalogue;
  const sockets = [...entries.values()].filter((one) => one.data.pkgId !== undefined).length;
  return (
    <article class="page overview">
      <h1>{title}</h1>
      {summary && <p class="lead"><Line text={summary} /></p>}
      {!isService && <p class="notice">This page comes from the admin port. It shows the contract; operations can be called at the service's own address.</p>}
      <dl class="facts">
        <div><dt>Operations</dt><dd>{entries.size}</dd></div>
        <div><dt>Over the socket</dt><dd>{sockets}</dd></div>
        <div><dt>Events</dt><dd>{events.size}</dd></div>
        <div><dt>Version</dt><dd>{catalogue.version}</dd></div>
      </dl>
      {features.length === 0 && <p class="empty">The contract has no operation yet. <code>make new</code> writes the first.</p>}
      <div class="cards">
        {features.map((feature) => (
          <section class="card" key={feature.name}>
            <h2>{feature.name}</h2>
            {feature.description && <p><Line text={feature.description} /></p>}
            <ul>
              {feature.entries.map((one) => (
                <li key={one.name}><a href={hrefOf("operation", one.name)}><Tag verb={one.data.http?.verb ?? "WS"} /> <span>{one.summary || one.name}</span></a></li>
              ))}
              {feature.events.map((one) => (
                <li key={one.name}><a href={hrefOf("event", one.name)}><Tag verb="EVENT" /> <span>{one.summary || one.name}</span></a></li>
              ))}
            </ul>
          </section>
        ))}
      </div>
      <p class="documents">
        The contract itself: <a href="openapi.json">openapi.json</a>{documents.asyncapi && <> · <a href="asyncapi.json">asyncapi.json</a></>} · <a href="client.json">client.json</a>
      </p>
    </article>
  );
}
