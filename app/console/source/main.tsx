/** The console: reads the contract that the service serves, and shows it. */

import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Catalogue } from "./contract/catalogue.ts";
import { catalogue } from "./contract/catalogue.ts";
import { load } from "./contract/documents.ts";
import { App } from "./shell/app.tsx";

const BASE = new URL(".", location.href).href;
const IS_SERVICE = document.querySelector<HTMLMetaElement>('meta[name="service"]')?.content !== "elsewhere";

function Console() {
  const [found, setFound] = useState<Catalogue>();
  const [failure, setFailure] = useState<string>();
  const read = (): void => {
    setFailure(undefined);
    load(BASE).then((documents) => setFound(catalogue(documents)), (error: unknown) => setFailure(String(error)));
  };
  useEffect(read, []);
  useEffect(() => {
    document.title = found ? `${found.title} · console` : "Console";
  }, [found]);
  if (found !== undefined) {
    return <App catalogue={found} base={BASE} isService={IS_SERVICE} />;
  }
  if (failure === undefined) {
    return <p class="waiting" role="status">Reading the contract…</p>;
  }
  return (
    <div class="waiting" role="alert">
      <h1>The contract cannot be read</h1>
      <p>{failure}</p>
      <p>The service may be starting or away. Nothing is lost.</p>
      <button class="primary" onClick={read}>Try again</button>
    </div>
  );
}

const root = document.getElementById("console");
if (root !== null) {
  root.textContent = "";
  render(<Console />, root);
}
