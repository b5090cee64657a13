/** Light, dark, or as the system has it; the choice is kept in this browser. */

import { useLayoutEffect, useState } from "preact/hooks";

const KEY = "console.theme";
const THEMES = ["system", "light", "dark"] as const;
const SIGNS = { system: "◐", light: "☀", dark: "☾" } as const;

type Theme = (typeof THEMES)[number];

function kept(): Theme {
  const found = localStorage.getItem(KEY);
  return THEMES.find((one) => one === found) ?? "system";
}

export function ThemeButton() {
  const [theme, setTheme] = useState(kept);
  useLayoutEffect(() => {
    document.documentElement.dataset["theme"] = theme;
    localStorage.setItem(KEY, theme);
  }, [theme]);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
  return (
    <button class="quiet" title={`Colours: ${theme}. Change to ${next}.`} aria-label={`Colours: ${theme}. Change to ${next}.`} onClick={() => setTheme(next)}>
      <span aria-hidden="true">{SIGNS[theme]}</span>
    </button>
  );
}
