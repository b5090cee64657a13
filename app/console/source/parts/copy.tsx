/** A button that puts a text into the clipboard, and says so. */

import { useEffect, useState } from "preact/hooks";

const SHOWN_MS = 1500;

export function Copy({ text, what }: { readonly text: string; readonly what: string }) {
  const [said, setSaid] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setSaid(""), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(() => setSaid("Copied"), () => setSaid("The browser does not allow it"));
  };
  return (
    <button type="button" class="quiet copy" aria-label={`Copy ${what}`} onClick={copy}><span role="status">{said || "Copy"}</span></button>
  );
}
