/** A place to call an operation: what is sent, on which way, and what came of it. */

import { useEffect, useMemo, useState } from "preact/hooks";
import type { Catalogue, Entry } from "../contract/catalogue.ts";
import { sample } from "../contract/schema.ts";
import type { Doors, Outcome, Way } from "../doors/doors.ts";
import { isRefusal, nameOf, waysOf } from "../doors/doors.ts";
import { Code } from "../parts/code.tsx";
import { Tabs } from "../parts/tabs.tsx";
import { samples } from "../reference/samples.ts";
import { useSession } from "../session/account.tsx";
import { Comparison } from "./comparison.tsx";
import { Editor, jsonOf } from "./editor.tsx";
import type { Chosen } from "./files.tsx";
import { Files } from "./files.tsx";
import { Fields } from "./form.tsx";
import { Result } from "./result.tsx";
import { isMembers, validate } from "./validate.ts";

interface Props {
  readonly entry: Entry;
  readonly catalogue: Catalogue;
  readonly doors: Doors;
}

type Members = { readonly [name: string]: unknown };

export function TryPanel({ entry, catalogue, doors }: Props) {
  useSession(doors.session);
  const ways = useMemo(() => waysOf(entry), [entry]);
  const media = entry.data.http?.files ?? {};
  const byFile = useMemo(() => new Set(Object.keys(media)), [entry]);
  const [value, setValue] = useState<unknown>(() => without(sample(entry.input), byFile));
  const [way, setWay] = useState(0);
  const [files, setFiles] = useState<Chosen>({});
  const [outcomes, setOutcomes] = useState<readonly Outcome[]>([]);
  const [isBusy, setBusy] = useState(false);
  const own = useMemo(() => validate(entry.input, value).filter((one) => !byFile.has(one.pointer.slice(1))), [entry, value, byFile]);
  const told = outcomes.length === 1 ? faultsOf(outcomes[0]) : [];
  const faults = new Map([...told, ...own].map((one) => [one.pointer, one.message]));
  useEffect(() => setOutcomes((found) => (found.some((one) => faultsOf(one).length > 0) ? [] : found)), [value, files]);
  const send = async (chosen: readonly Way[]): Promise<void> => {
    setBusy(true);
    const found: Outcome[] = [];
    for (const one of chosen) {
      found.push(await doors.attempt(entry, jsonOf(entry.input, value), one, files));
    }
    setOutcomes(found);
    setBusy(false);
  };
  const chosen = ways[way] ?? ways[0];
  const needsLogin = entry.roles !== undefined && !doors.session.isLoggedIn;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (chosen) {
      void send([chosen]);
    }
  };
  return (
    <form onSubmit={submit} noValidate>
      <h2>Try it</h2>
      {needsLogin && <p class="notice">It asks for a token: log in above, or see how it refuses.</p>}
      <Tabs label="Request" tabs={[
        { name: "Form", content: () => (entry.input.fields.length > 0 ? <><Files type={entry.input} media={media} chosen={files} onChange={setFiles} faults={faults} /><Fields type={entry.input} value={value} onChange={setValue} faults={faults} pointer="" omit={byFile} /></> : <p class="empty">It takes no input.</p>) },
        { name: "JSON", content: () => <Editor type={entry.input} value={value} onChange={setValue} faults={[...told, ...own]} /> },
        ...samples(entry, catalogue, value as Members).map((one) => ({ name: one.name, content: () => <Code text={one.text} what={`This call in ${one.name}`} /> })),
      ]} />
      <div class="sending">
        <div class="way"><label for="way">Door</label><select id="way" value={way} onChange={(event) => setWay(Number(event.currentTarget.value))}>{ways.map((one, index) => <option key={index} value={index}>{nameOf(one)}</option>)}</select></div>
        <button class="primary" disabled={isBusy}>{isBusy ? "Sending…" : "Send"}</button>
        {ways.length > 1 && entry.data.query && <button type="button" class="button" disabled={isBusy} onClick={() => void send(ways)}>{ways.length === 4 ? "All four doors" : "All doors"}</button>}
      </div>
      <p class="hidden" role="status">{isBusy ? "Sending" : outcomes.length > 0 ? "The answer is here" : ""}</p>
      {outcomes.length === 0 && <p class="empty">The answer will stand here: status, headers, what it says, and its bytes.</p>}
      {outcomes.length === 1 && outcomes[0] && <Result outcome={outcomes[0]} entry={entry} catalogue={catalogue} doors={doors} />}
      {outcomes.length > 1 && <Comparison outcomes={outcomes} entry={entry} catalogue={catalogue} doors={doors} />}
    </form>
  );
}

/** What is chosen from the disk is no part of the JSON. */
function without(value: unknown, names: ReadonlySet<string>): unknown {
  return isMembers(value) ? Object.fromEntries(Object.entries(value).filter(([name]) => !names.has(name))) : value;
}

/** What the service says of fields. */
function faultsOf(outcome: Outcome | undefined): readonly { pointer: string; message: string }[] {
  const error = outcome?.error;
  if (isRefusal(error)) {
    return error.errors;
  }
  const pointer = (error as { pointer?: unknown } | undefined)?.pointer;
  return typeof pointer === "string" && error ? [{ pointer, message: error.message }] : [];
}
