/** The same call on every way, side by side. */

import { useState } from "preact/hooks";
import type { Catalogue, Entry } from "../contract/catalogue.ts";
import type { Doors, Outcome } from "../doors/doors.ts";
import { isRefusal, nameOf } from "../doors/doors.ts";
import { Result } from "./result.tsx";

interface Props {
  readonly outcomes: readonly Outcome[];
  readonly entry: Entry;
  readonly catalogue: Catalogue;
  readonly doors: Doors;
}

export function Comparison({ outcomes, entry, catalogue, doors }: Props) {
  const [shown, setShown] = useState(0);
  const results = new Set(outcomes.map(meaningOf));
  const outcome = outcomes[shown];
  return (
    <section aria-label="Comparison">
      <p class={results.size === 1 ? "verdict good" : "verdict bad"} role="status">{results.size === 1 ? `All ${outcomes.length} doors answer the same.` : `The doors answer in ${results.size} ways.`}</p>
      <table class="comparison">
        <caption class="hidden">The answers of the doors</caption>
        <thead><tr><th scope="col">Door</th><th scope="col">Answer</th><th scope="col">Time</th><th scope="col">Bytes</th></tr></thead>
        <tbody>
          {outcomes.map((one, index) => (
            <tr key={index} class={index === shown ? "chosen" : undefined}>
              <th scope="row"><button type="button" class="quiet" aria-pressed={index === shown} onClick={() => setShown(index)}>{nameOf(one)}</button></th>
              <td>{one.http?.status ?? (one.error ? (isRefusal(one.error) ? one.error.code : one.error.name) : "OK")}</td>
              <td>{one.tookMs.toFixed(1)} ms</td>
              <td>{(one.http?.body ?? one.frames?.received)?.length.toLocaleString("en") ?? "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {outcome && <Result key={shown} outcome={outcome} entry={entry} catalogue={catalogue} doors={doors} />}
    </section>
  );
}

/** What an outcome says, whichever door it came through. */
function meaningOf({ result, error }: Outcome): string {
  return error === undefined ? (result ?? "") : isRefusal(error) ? error.code : error.name;
}
