/** Bytes as hex, each field beside what it means. */

import type { Piece, Shape } from "../doors/anatomy.ts";
import { dissect, hex } from "../doors/anatomy.ts";
import { Copy } from "../parts/copy.tsx";

interface Props {
  readonly bytes: Uint8Array;
  readonly shape: Shape;
  readonly inner: (field: string) => Shape;
  readonly what: string;
}

const INDENT_CLASSES = 6;

export function Bytes({ bytes, shape, inner, what }: Props) {
  const pieces = piecesOf(bytes, shape, inner);
  return (
    <div class="code">
      <Copy text={hex(bytes, bytes.length)} what={`${what} as hex`} />
      <div class="scrolled" tabIndex={0} role="region" aria-label={what}>
        <table class="hex">
          <caption class="hidden">{what}</caption>
          <thead><tr><th scope="col">Bytes</th><th scope="col">Field</th><th scope="col">Meaning</th></tr></thead>
          <tbody>
            {pieces.map((one, index) => (
              <tr key={index}><td><code>{hex(one.bytes)}</code></td><td class={`depth${Math.min(one.depth, INDENT_CLASSES)}`}>{one.label}</td><td>{one.meaning}</td></tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

/** Bytes that are no message are one piece. */
function piecesOf(bytes: Uint8Array, shape: Shape, inner: (field: string) => Shape): Piece[] {
  try {
    return dissect(bytes, shape, inner);
  } catch {
    return [{ bytes, depth: 0, label: "", meaning: `${bytes.length} bytes` }];
  }
}
