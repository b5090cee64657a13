/** One event: the topic that brings it, who may follow it, and what it says. */

import type { Catalogue, Happening } from "../contract/catalogue.ts";
import { Tag } from "../parts/tag.tsx";
import { hrefOf } from "../shell/route.ts";
import { SchemaTree } from "./schema_tree.tsx";

export function EventPage({ happening, catalogue }: { readonly happening: Happening; readonly catalogue: Catalogue }) {
  const { name, summary, topics, pkgId, roles, type, feature } = happening;
  const filters = new Set(topics.flatMap((one) => catalogue.filters.get(one)?.fields.map(({ name: path }) => path) ?? []));
  const publishers = [...catalogue.entries.values()].filter((one) => one.words["x-publishes"]?.includes(name));
  return (
    <article class="page">
      <p class="crumb">{feature}</p>
      <h1><Tag verb="EVENT" /> {name}</h1>
      <p class="lead">{summary}</p>
      <dl class="facts">
        <div><dt>{topics.length > 1 ? "Topics" : "Topic"}</dt><dd>{topics.map((one, index) => <span key={one}>{index > 0 && ", "}<code>{one}</code></span>)}</dd></div>
        {filters.size > 0 && <div><dt>Filtered by</dt><dd>{[...filters].map((one) => <code key={one}>{one}</code>)}</dd></div>}
        <div><dt>PkgID</dt><dd><code>{pkgId}</code></dd></div>
        <div><dt>Roles</dt><dd>{roles === undefined || roles.length === 0 ? "Whoever is logged in" : roles.map((group, index) => <span key={index}>{index > 0 && " or "}{group.map((role) => <code key={role}>{role}</code>)}</span>)}</dd></div>
        {publishers.length > 0 && <div><dt>Published by</dt><dd>{publishers.map((one) => <a key={one.name} href={hrefOf("operation", one.name)}>{one.name}</a>)}</dd></div>}
      </dl>
      <p><a class="button" href={hrefOf("live")}>See it live</a></p>
      <section>
        <h2>What it says</h2>
        <SchemaTree type={type} />
      </section>
    </article>
  );
}
