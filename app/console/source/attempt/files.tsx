/** Fields that are bytes over HTTP: chosen from the disk, one or several, and sent as they are. */

import type { Located } from "../contract/schema.ts";
import { bounds } from "../contract/schema.ts";
import { idOf } from "./form.tsx";

/** By field; a list of files is one field. */
export type Chosen = { readonly [field: string]: Blob | readonly Blob[] };

interface Props {
  readonly type: Located;
  /** Of the fields, with the media type where the contract has one. */
  readonly media: { readonly [field: string]: string };
  readonly chosen: Chosen;
  readonly onChange: (chosen: Chosen) => void;
  /** Messages by pointer. */
  readonly faults: ReadonlyMap<string, string>;
}

export function Files({ type, media, chosen, onChange, faults }: Props) {
  const set = (name: string, isMany: boolean, found: FileList | null): void => {
    const { [name]: _, ...others } = chosen;
    const files = [...(found ?? [])];
    const [first] = files;
    onChange(first === undefined ? others : { ...others, [name]: isMany ? files : first });
  };
  return (
    <>
      {type.fields.filter((one) => one.name in media).map(({ name, type: field, isRequired }) => {
        const items = field.plain.items;
        const id = idOf(`/${name}`);
        const fault = faults.get(`/${name}`);
        return (
          <div class={fault ? "form-field wrong" : "form-field"} key={name}>
            <span class="form-head">
              <label for={id}><code>{name}</code></label> <span class="type">{[items ? "files" : "file", media[name] ?? "", ...bounds(items ?? field)].filter((one) => one !== "").join(", ")}</span>
              {isRequired && <span class="mark">required</span>}
            </span>
            <input id={id} type="file" multiple={items !== undefined} accept={media[name] || undefined} aria-invalid={fault !== undefined} aria-describedby={fault && `${id}-fault`} onChange={(event) => set(name, items !== undefined, event.currentTarget.files)} />
            {fault && <p class="problem" id={`${id}-fault`}>{fault}</p>}
          </div>
        );
      })}
    </>
  );
}
