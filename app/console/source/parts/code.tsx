/** A block of text of fixed width, which can be scrolled by keyboard and copied. */

import { Copy } from "./copy.tsx";
import { layOut } from "./json_text.ts";

export function Code({ text, what }: { readonly text: string; readonly what: string }) {
  return (
    <div class="code">
      <Copy text={text} what={what} />
      <pre tabIndex={0} aria-label={what}><code>{text}</code></pre>
    </div>
  );
}

export function JsonCode({ text, what }: { readonly text: string; readonly what: string }) {
  const tokens = layOut(text);
  return (
    <div class="code">
      <Copy text={tokens.map((one) => one.text).join("")} what={what} />
      <pre tabIndex={0} aria-label={what}><code>{tokens.map((one, index) => (one.kind === "space" || one.kind === "mark" ? one.text : <span key={index} class={`json-${one.kind}`}>{one.text}</span>))}</code></pre>
    </div>
  );
}
