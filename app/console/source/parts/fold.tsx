/** Details that are made when they are opened: a type that holds itself has no end. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

interface Props {
  readonly summary: ComponentChildren;
  readonly isOpen: boolean;
  readonly content: () => ComponentChildren;
}

export function Fold({ summary, isOpen, content }: Props) {
  const [shown, setShown] = useState(isOpen);
  return (
    <details open={shown} onToggle={(event) => setShown(event.currentTarget.open)}>
      <summary>{summary}</summary>
      {shown && content()}
    </details>
  );
}
