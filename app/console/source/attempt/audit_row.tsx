/** The row of the audit log that a call left, by its trace id: every service has that log, and some may read it. */

import { useState } from "preact/hooks";
import type { Catalogue, Entry } from "../contract/catalogue.ts";
import type { Doors } from "../doors/doors.ts";
import { JsonCode } from "../parts/code.tsx";

interface Props {
  readonly trace: string;
  readonly entry: Entry;
  readonly catalogue: Catalogue;
  readonly doors: Doors;
}

const PAGE = 100;
/** Of every service's own feature. */
const READER = "get_audit_logs";

export function AuditRow({ trace, entry, catalogue, doors }: Props) {
  const reader = catalogue.entries.get(READER);
  const [row, setRow] = useState<string>();
  const [said, setSaid] = useState("");
  if (reader === undefined || entry.words["x-audit"] === undefined) {
    return null;
  }
  const look = async (): Promise<void> => {
    setSaid("Looking…");
    const query = JSON.stringify({ action: entry.name, per_page: PAGE });
    const { result, error } = await doors.attempt(reader, query, { door: reader.data.http ? "http" : "ws", encoding: "json" });
    const { items = [] } = JSON.parse(result ?? "{}") as { items?: readonly { readonly trace_id?: string }[] };
    const found = items.find((one) => one.trace_id === trace);
    setRow(found && JSON.stringify(found));
    setSaid(error ? `It cannot be read: ${error.message}` : found ? "" : "There is none yet: rows are written in batches. Look again.");
  };
  return (
    <>
      <button type="button" class="quiet" onClick={() => void look()}>Audit row</button>
      <span role="status">{said}</span>
      {row !== undefined && <JsonCode text={row} what="The audit row" />}
    </>
  );
}
