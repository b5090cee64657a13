/** Tabs as WAI-ARIA has them: the arrow keys go from one to the next. */

import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";

interface Props {
  readonly label: string;
  readonly tabs: readonly { readonly name: string; readonly content: () => ComponentChildren }[];
}

export function Tabs({ label, tabs }: Props) {
  const id = useId();
  const [chosen, setChosen] = useState(0);
  const index = Math.min(chosen, tabs.length - 1);
  const go = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      const next = (index + step + tabs.length) % tabs.length;
      setChosen(next);
      document.getElementById(`${id}-${next}`)?.focus();
    }
  };
  return (
    <div class="tabs">
      <div role="tablist" aria-label={label} onKeyDown={go}>
        {tabs.map((tab, place) => (
          <button type="button" key={tab.name} id={`${id}-${place}`} role="tab" aria-selected={place === index} aria-controls={`${id}-panel`} tabIndex={place === index ? 0 : -1} onClick={() => setChosen(place)}>{tab.name}</button>
        ))}
      </div>
      <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${index}`}>{tabs[index]?.content()}</div>
    </div>
  );
}
