/** Builds the console into ../static (or the folder that is named): the same sources give the same bytes. */

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..", "..");
const target = process.argv[2] ?? join(here, "..", "static");
const banner = "/* With Preact, Copyright (c) 2015-present Jason Miller; MIT, see licences.txt beside this file. */";

const { outputFiles } = await build({
  absWorkingDir: here,
  entryPoints: { console: "main.tsx", style: "style/console.css" },
  outdir: "out",
  bundle: true,
  write: false,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  minify: true,
  legalComments: "none",
  alias: { "@runtime": join(root, "codegen", "runtime", "sdk_typescript") },
});
const text = (ending) => outputFiles.find((one) => one.path.endsWith(ending)).text;

mkdirSync(target, { recursive: true });
for (const name of readdirSync(target)) {
  rmSync(join(target, name));
}

function write(name, content) {
  const [stem, ending] = name.split(".");
  const hashed = `${stem}-${createHash("sha256").update(content).digest("hex").slice(0, 12)}.${ending}`;
  writeFileSync(join(target, hashed), content);
  return hashed;
}

const names = {
  "console.js": write("console.js", `${banner}\n${text("console.js")}`),
  "console.css": write("console.css", text("style.css")),
  "icon.svg": write("icon.svg", readFileSync(join(here, "icon.svg"), "utf8")),
};
const page = readFileSync(join(here, "index.html"), "utf8").replace(/\{([a-z.]+)\}/g, (_, name) => names[name]);
writeFileSync(join(target, "index.html"), page);
writeFileSync(join(target, "licences.txt"), readFileSync(join(here, "node_modules", "preact", "LICENSE"), "utf8"));
