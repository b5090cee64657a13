/** A component with every hook: `../test_browser.py` looks at it in Chromium. */

import { createElement, StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import { createClient, topics } from "../../../generated/sdk_typescript/src/index.ts";
import { useOperation, usePresence, useTopic } from "../../../generated/sdk_typescript/src/react.ts";

const [baseUrl = "", artistId = "0"] = decodeURIComponent(location.hash.slice(1)).split(" ");
const credentials = { username: "editor", password: "editor" };
const client = createClient({ baseUrl, credentials, transport: "auto" });

function Page(): unknown {
  const [id, setId] = useState(Number(artistId));
  const { data, error, isLoading, reload } = useOperation(client.artists.get, id > 0 ? { artistId: id } : undefined);
  const { events } = useTopic(client, "artist_created", 2);
  const { events: changes } = useTopic(client, topics.artistsByArtistId(Number(artistId)), 1);
  const { attendance } = usePresence(client, topics.artistsByArtistId(Number(artistId)));
  return createElement("main", {}, [
    createElement("output", { id: "artist", key: 1 }, isLoading ? "…" : (error?.name ?? data?.name ?? "nothing")),
    createElement("output", { id: "bio", key: 2 }, data?.bio ?? ""),
    createElement("output", { id: "events", key: 3 }, events.map((event) => event.data.artist.name).join()),
    createElement("output", { id: "changes", key: 7 }, changes.map(({ name, topic }) => `${name} ${topic}`).join()),
    createElement("output", { id: "present", key: 8 }, attendance?.count ?? "nobody"),
    createElement("button", { id: "reload", key: 4, onClick: reload }, "Reload"),
    createElement("button", { id: "other", key: 5, onClick: () => setId(2 ** 40) }, "Another"),
    createElement("button", { id: "none", key: 6, onClick: () => setId(0) }, "None"),
  ]);
}

createRoot(document.body).render(createElement(StrictMode, {}, createElement(Page as never)));
