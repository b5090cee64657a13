/** What can be followed: events by their names, and topics by the values of their parameters and filters. */

import { useMemo, useState } from "preact/hooks";
import { Scalar } from "../attempt/scalar.tsx";
import { Fields, idOf } from "../attempt/form.tsx";
import { validate } from "../attempt/validate.ts";
import type { Catalogue } from "../contract/catalogue.ts";
import { Located, sample, typeName } from "../contract/schema.ts";
import type { Live } from "./live.ts";
import type { Family } from "./topics.ts";
import { familiesOf, hasValues, topicOf } from "./topics.ts";

/** Where the contract says nothing of a parameter. */
const TEXT = new Located({ type: "string", minLength: 1 }, {});

export function Events({ live, catalogue }: { readonly live: Live; readonly catalogue: Catalogue }) {
  const events = [...catalogue.events.values()];
  const families = useMemo(() => familiesOf(catalogue), [catalogue]);
  return (
    <>
      <section>
        <h2>Events</h2>
        {events.length === 0 && <p class="empty">The contract has no events.</p>}
        <ul>
          {events.filter((one) => one.topic !== undefined).map((one) => (
            <li key={one.name}>
              <label class="follow">
                <input type="checkbox" disabled={live.state === "closed"} checked={live.follows(one.name)} onChange={() => live.toggle(one)} />
                <span>{one.name} <span class="type">topic {one.topic}</span></span>
              </label>
            </li>
          ))}
        </ul>
      </section>
      {families.length > 0 && (
        <section>
          <h2>Topics with parameters or a filter</h2>
          {families.map((one) => <FollowOne key={one.template} family={one} live={live} />)}
          <Followed live={live} />
        </section>
      )}
    </>
  );
}

/** A field for each parameter, and one that may be left out for each field of the filter; what does not fit is said beside it, and is not sent. */
function FollowOne({ family, live }: { readonly family: Family; readonly live: Live }) {
  const { template, parameters, filter, happenings } = family;
  const types = parameters.map((one) => one.type?.plain ?? TEXT);
  const [values, setValues] = useState<readonly unknown[]>(() => types.map((one) => (one.schema.enum === undefined ? "" : sample(one))));
  const [wanted, setWanted] = useState<object>({});
  const faults = types.map((type, index) => (values[index] === "" ? "" : (validate(type, values[index])[0]?.message ?? "")));
  const pointer = `/${template}`;
  const strange = new Map(filter && validate(filter, wanted, pointer).map((one) => [one.pointer, one.message]));
  const isWhole = values.every((one) => one !== "") && faults.every((one) => one === "") && strange.size === 0;
  const topic = isWhole ? topicOf(family, values, wanted) : undefined;
  const isReady = live.state !== "closed" && topic !== undefined && hasValues(topic.name) && !live.follows(topic.name);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (isReady) {
      live.follow(topic.name, topic);
    }
  };
  return (
    <form class="family" aria-label={`Topic ${template}`} onSubmit={submit} noValidate>
      <p><code>{template}</code> <span class="type">{happenings.map((one) => one.name).join(", ")}</span></p>
      {parameters.map(({ path }, index) => {
        const id = idOf(`${pointer}/${path}`);
        const fault = faults[index];
        return (
          <div class={fault ? "form-field wrong" : "form-field"} key={path}>
            <label for={id}><code>{path}</code> <span class="type">{typeName(types[index] ?? TEXT)}</span></label>
            <Scalar id={id} label={`${path} of ${template}`} type={types[index] ?? TEXT} value={values[index]} isWrong={fault !== ""} onChange={(value) => setValues(values.map((one, place) => (place === index ? value : one)))} />
            {fault && <p class="problem" id={`${id}-fault`}>{fault}</p>}
          </div>
        );
      })}
      {filter && <Fields type={filter} value={wanted} onChange={(given) => setWanted(given as object)} faults={strange} pointer={pointer} />}
      <button disabled={!isReady}>Follow</button>
    </form>
  );
}

function Followed({ live }: { readonly live: Live }) {
  const topics = live.followed.filter((one) => hasValues(one.name));
  return topics.length === 0 ? <p class="empty">None of them is followed.</p> : (
    <ul aria-label="Followed topics">
      {topics.map(({ name }) => (
        <li key={name} class="flight"><code>{name}</code><button class="quiet" aria-label={`Unfollow ${name}`} onClick={() => live.leave(name)}>Unfollow</button></li>
      ))}
    </ul>
  );
}
