/** A field of one value, as its type wants it. */

import { base64 } from "@runtime/scalars.ts";
import type { Located } from "../contract/schema.ts";
import { isBytes } from "../contract/schema.ts";

interface Props {
  readonly id: string;
  readonly label: string;
  readonly type: Located;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly isWrong: boolean;
}

const LONG = 300;

export function Scalar(props: Props) {
  const { id, label, type, value, onChange, isWrong } = props;
  const { schema } = type;
  const common = { id, "aria-label": label, "aria-invalid": isWrong, "aria-describedby": isWrong ? `${id}-fault` : undefined };
  const text = value === undefined ? "" : String(value);
  if (schema.enum !== undefined) {
    const members = schema.enum;
    const place = members.indexOf(value);
    return (
      <select {...common} value={place} onChange={(event) => onChange(members[Number(event.currentTarget.value)])}>
        {place < 0 && <option value={-1}>{text}</option>}
        {members.map((one, index) => <option key={String(one)} value={index}>{String(one)}</option>)}
      </select>
    );
  }
  switch (type.types[0]) {
    case "boolean":
      return <select {...common} value={text} onChange={(event) => onChange(event.currentTarget.value === "true")}><option>true</option><option>false</option></select>;
    case "integer":
    case "number":
      return <input {...common} inputMode={type.types[0] === "integer" ? "numeric" : "decimal"} value={text} onInput={(event) => onChange(numberOf(event.currentTarget.value))} />;
  }
  if (isBytes(type)) {
    return <Bytes {...props} />;
  }
  if (schema.format === "date") {
    return <input {...common} type="date" value={text} onInput={(event) => onChange(event.currentTarget.value)} />;
  }
  return (schema.maxLength ?? LONG) >= LONG && schema.format === undefined
    ? <textarea {...common} rows={2} value={text} onInput={(event) => onChange(event.currentTarget.value)} />
    : <input {...common} value={text} onInput={(event) => onChange(event.currentTarget.value)} />;
}

/** A number; what is none yet stays text, and so do integers that a number does not hold. */
function numberOf(text: string): unknown {
  const number = Number(text);
  const isExact = text.trim() !== "" && Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number));
  return isExact ? number : text;
}

function Bytes({ id, label, value, onChange, isWrong }: Props) {
  const read = async (file: File | undefined): Promise<void> => {
    if (file !== undefined) {
      onChange(base64(new Uint8Array(await file.arrayBuffer())));
    }
  };
  return (
    <span class="bytes">
      <textarea id={id} aria-label={`${label} in base64`} aria-invalid={isWrong} rows={2} placeholder="base64" value={String(value ?? "")} onInput={(event) => onChange(event.currentTarget.value)} />
      <input type="file" aria-label={`${label} from a file`} onChange={(event) => void read(event.currentTarget.files?.[0])} />
    </span>
  );
}
