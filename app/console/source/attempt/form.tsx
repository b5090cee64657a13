/** A form made of a schema. Its value is plain JSON, which the editor beside it shows too. */

import type { ComponentChildren } from "preact";
import type { Located } from "../contract/schema.ts";
import { sample, tagsOf, typeName } from "../contract/schema.ts";
import { isMembers, step } from "./validate.ts";
import { Scalar } from "./scalar.tsx";

export interface Given {
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  /** Messages by pointer. */
  readonly faults: ReadonlyMap<string, string>;
  readonly pointer: string;
}

type Members = { readonly [name: string]: unknown };

/** The fields of a record, each by itself. */
export function Fields({ type, value, onChange, faults, pointer, omit = new Set() }: Given & { readonly type: Located; readonly omit?: ReadonlySet<string> }) {
  const members: Members = isMembers(value) ? value : {};
  const set = (name: string, given: unknown): void => {
    const next: { [name: string]: unknown } = { ...members };
    if (given === undefined) {
      delete next[name];
    } else {
      next[name] = given;
    }
    onChange(next);
  };
  const shown = type.fields.filter((one) => !omit.has(one.name));
  return (
    <div class="form-fields">
      {shown.map(({ name, type: inner, isRequired }) => (
        <FormField key={name} name={name} type={inner} isRequired={isRequired} value={members[name]} onChange={(given) => set(name, given)} faults={faults} pointer={step(pointer, name)} />
      ))}
    </div>
  );
}

interface FieldProps extends Given {
  readonly name: string;
  readonly type: Located;
  readonly isRequired: boolean;
}

/** A field that may be left out is offered until it is wanted. */
function FormField({ name, type, isRequired, value, onChange, faults, pointer }: FieldProps) {
  const fault = faults.get(pointer);
  if (value === undefined && !isRequired) {
    return (
      <p class="form-offer">
        <button type="button" class="quiet" onClick={() => onChange(sample(type))}>+ {name}</button> <span class="type">{typeName(type)}</span>
        {fault && <span class="problem">{fault}</span>}
      </p>
    );
  }
  const head = (
    <span class="form-head">
      <label for={idOf(pointer)}><code>{name}</code></label> <span class="type">{typeName(type)}</span>
      {isRequired && <span class="mark">required</span>}
      {type.isNullable && <label class="null"><input type="checkbox" checked={value === null} onChange={(event) => onChange(event.currentTarget.checked ? null : sample(type.plain))} /> null<span class="hidden"> for {name}</span></label>}
      {!isRequired && <button type="button" class="quiet" aria-label={`Leave ${name} out`} onClick={() => onChange(undefined)}>✕</button>}
    </span>
  );
  return (
    <div class={fault ? "form-field wrong" : "form-field"}>
      {head}
      {value !== null && <Value type={type} value={value} onChange={onChange} faults={faults} pointer={pointer} label={name} />}
      {fault && <p class="problem" id={`${idOf(pointer)}-fault`}>{fault}</p>}
    </div>
  );
}

export const idOf = (pointer: string): string => `field${pointer.replace(/[^A-Za-z0-9]/g, "-")}`;

export function Value(props: Given & { readonly type: Located; readonly label: string }) {
  const { type: given, value, onChange, faults, pointer, label } = props;
  const type = given.plain;
  if (type.arms.length > 1) {
    return <Union {...props} type={type} />;
  }
  if (type.items !== undefined) {
    return <Items {...props} items={type.items} />;
  }
  if (type.values !== undefined) {
    return <Entries {...props} values={type.values} />;
  }
  if (type.types[0] === "object") {
    return <Box><Fields type={type} value={value} onChange={onChange} faults={faults} pointer={pointer} /></Box>;
  }
  return <Scalar id={idOf(pointer)} label={label} type={type} value={value} onChange={onChange} isWrong={faults.has(pointer)} />;
}

function Box({ children }: { readonly children: ComponentChildren }) {
  return <div class="form-box">{children}</div>;
}

function Union({ type, value, onChange, faults, pointer, label }: Given & { readonly type: Located; readonly label: string }) {
  const told = tagsOf(type);
  const tags = told?.tags ?? type.arms.map(typeName);
  const index = Math.max(0, told && isMembers(value) ? tags.indexOf(String(value[told.member])) : 0);
  const arm = type.arms[index];
  const choose = (place: number): void => {
    const chosen = type.arms[place];
    const fresh = chosen && sample(chosen);
    onChange(told && isMembers(fresh) ? { ...fresh, [told.member]: tags[place] } : fresh);
  };
  return (
    <Box>
      <select id={idOf(pointer)} aria-label={`Kind of ${label}`} value={index} onChange={(event) => choose(Number(event.currentTarget.value))}>
        {tags.map((tag, place) => <option key={tag} value={place}>{tag}</option>)}
      </select>
      {arm && (arm.fields.length > 0
        ? <Fields type={arm} value={value} onChange={(given) => onChange(told ? { ...(given as Members), [told.member]: tags[index] } : given)} faults={faults} pointer={pointer} omit={new Set(told ? [told.member] : [])} />
        : <Value type={arm} value={value} onChange={onChange} faults={faults} pointer={pointer} label={label} />)}
    </Box>
  );
}

function Items({ items, value, onChange, faults, pointer, label }: Given & { readonly items: Located; readonly label: string }) {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  const put = (index: number, given: unknown): void => onChange(list.map((one, place) => (place === index ? given : one)));
  return (
    <Box>
      {list.map((one, index) => (
        <div class="form-item" key={index}>
          <Value type={items} value={one} onChange={(given) => put(index, given)} faults={faults} pointer={step(pointer, index)} label={`${label} ${index + 1}`} />
          <button type="button" class="quiet" aria-label={`Remove ${label} ${index + 1}`} onClick={() => onChange(list.filter((_, place) => place !== index))}>✕</button>
          {faults.get(step(pointer, index)) && <p class="problem">{faults.get(step(pointer, index))}</p>}
        </div>
      ))}
      <button type="button" class="quiet" id={idOf(pointer)} aria-label={`+ item of ${label}`} onClick={() => onChange([...list, sample(items)])}>+ item</button>
    </Box>
  );
}

function Entries({ values, value, onChange, faults, pointer, label }: Given & { readonly values: Located; readonly label: string }) {
  const entries = Object.entries(isMembers(value) ? value : {});
  const put = (place: number, entry: [string, unknown] | undefined): void => {
    onChange(Object.fromEntries(entries.flatMap((one, index) => (index === place ? (entry ? [entry] : []) : [one]))));
  };
  return (
    <Box>
      {entries.map(([key, one], place) => (
        <div class="form-item" key={place}>
          <input aria-label={`Key ${place + 1} of ${label}`} value={key} onChange={(event) => put(place, [event.currentTarget.value, one])} />
          <Value type={values} value={one} onChange={(given) => put(place, [key, given])} faults={faults} pointer={step(pointer, key)} label={`${label} ${key}`} />
          <button type="button" class="quiet" aria-label={`Remove ${key} from ${label}`} onClick={() => put(place, undefined)}>✕</button>
        </div>
      ))}
      <button type="button" class="quiet" id={idOf(pointer)} aria-label={`+ entry of ${label}`} onClick={() => onChange(Object.fromEntries([...entries, [`key${entries.length + 1}`, sample(values)]]))}>+ entry</button>
    </Box>
  );
}
