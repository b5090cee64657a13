/** A call to be sent over the socket, once or many times at once. */

import { useState } from "preact/hooks";
import type { Catalogue } from "../contract/catalogue.ts";
import { sample } from "../contract/schema.ts";
import { Editor, jsonOf } from "../attempt/editor.tsx";
import { validate } from "../attempt/validate.ts";
import type { Live } from "./live.ts";

const MANY = 10;

export function Composer({ live, catalogue }: { readonly live: Live; readonly catalogue: Catalogue }) {
  const entries = [...catalogue.entries.values()].filter((one) => one.data.pkgId !== undefined);
  const [name, setName] = useState(entries.find((one) => one.data.query)?.name ?? entries[0]?.name);
  const entry = catalogue.entries.get(name ?? "");
  const [values, setValues] = useState<{ readonly [name: string]: unknown }>({});
  if (entry === undefined) {
    return <section><h2>Call</h2><p class="empty">No operation is at the socket.</p></section>;
  }
  const value = values[entry.name] ?? sample(entry.input);
  const send = (count: number): void => {
    for (let number = 0; number < count; number += 1) {
      void live.call(entry, jsonOf(entry.input, value));
    }
  };
  return (
    <section>
      <h2>Call</h2>
      <label for="operation" class="hidden">Operation</label>
      <select id="operation" value={entry.name} onChange={(event) => setName(event.currentTarget.value)}>
        {entries.map((one) => <option key={one.name}>{one.name}</option>)}
      </select>
      <Editor key={entry.name} type={entry.input} value={value} onChange={(given) => setValues({ ...values, [entry.name]: given })} faults={validate(entry.input, value)} />
      <p class="buttons">
        <button disabled={live.state === "closed"} onClick={() => send(MANY)}>Send {MANY} at once</button>
        <button class="primary" disabled={live.state === "closed"} onClick={() => send(1)}>Send</button>
      </p>
    </section>
  );
}
