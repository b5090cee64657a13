/** The call of an operation in code: curl, both clients, and the frame itself. */

import type { Catalogue, Entry } from "../contract/catalogue.ts";
import { sample } from "../contract/schema.ts";
import { pretty } from "../parts/json_text.ts";

export interface Sample {
  readonly name: string;
  readonly text: string;
}

type Members = { readonly [name: string]: unknown };

/** With the given input, else with one that fits. */
export function samples(entry: Entry, catalogue: Catalogue, given?: Members): Sample[] {
  const input = given ?? (sample(entry.input) as Members);
  const { python, npm } = catalogue.documents.client.packages;
  const found: Sample[] = [];
  if (entry.data.http) {
    found.push({ name: "curl", text: curl(entry, input) });
  }
  found.push({ name: "Python", text: inPython(entry, python, input) }, { name: "TypeScript", text: inTypeScript(entry, npm, input) });
  if (entry.data.pkgId !== undefined) {
    const frame = { pkg_id: entry.data.pkgId, req_id: "3f0c2f9e-6b1d-4c52-9a51-1f1f0d0c7a11", data: input };
    found.push({ name: "Frame", text: pretty(JSON.stringify(frame)) });
  }
  return found;
}

const quoted = (text: string): string => `'${text.replace(/'/g, "'\\''")}'`;

function curl({ data }: Entry, input: Members): string {
  const { verb, path, parameters, body, files, form } = data.http as NonNullable<Entry["data"]["http"]>;
  const left = new Map(Object.entries(input));
  const query = new URLSearchParams();
  const headers: string[] = data.public ? [] : ["-H \"Authorization: Bearer $TOKEN\""];
  let target = path;
  for (const { field, carrier, location, etag } of parameters) {
    const value = left.get(field);
    left.delete(field);
    if (value === undefined || value === null) {
      continue;
    }
    if (location === "path") {
      target = target.replace(`{${carrier}}`, encodeURIComponent(String(value)));
    } else if (location === "query") {
      [value].flat().forEach((one) => query.append(carrier, String(one)));
    } else {
      headers.push(`-H ${quoted(`${carrier}: ${etag ? `"${String(value)}"` : String(value)}`)}`);
    }
  }
  const sent = body ? ["-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(Object.fromEntries(left)))}`] : [];
  const parts = Object.entries(files ?? {}).map(([name, media]) => (form ? `-F ${quoted(`${name}=@file`)}` : `-H ${quoted(`Content-Type: ${media || "application/octet-stream"}`)} --data-binary @file`));
  const address = `${location.origin}${target}${query.size > 0 ? `?${query}` : ""}`;
  return [`curl ${verb === "GET" ? "" : `-X ${verb} `}${quoted(address)}`, ...headers, ...sent, ...parts].join(" \\\n  ");
}

function inPython({ data }: Entry, name: string, input: Members): string {
  const given = Object.entries(input).map(([field, value]) => `${field}=${python(value)}`);
  const call = `client.${data.python.join(".")}(${given.join(", ")})`;
  const login = data.public ? "" : ", username=\"…\", password=\"…\"";
  return `from ${name} import Client\n\nwith Client("${location.origin}"${login}) as client:\n    result = ${call}\n    print(result)`;
}

function python(value: unknown): string {
  if (value === null || typeof value === "boolean") {
    return value === null ? "None" : value ? "True" : "False";
  }
  if (Array.isArray(value)) {
    return `[${value.map(python).join(", ")}]`;
  }
  if (typeof value === "object") {
    return `{${Object.entries(value).map(([name, one]) => `${JSON.stringify(name)}: ${python(one)}`).join(", ")}}`;
  }
  return JSON.stringify(value);
}

function inTypeScript({ data, name: operation }: Entry, name: string, input: Members): string {
  const [feature, method] = data.typescript;
  const given = Object.keys(input).length > 0 ? script(input) : "";
  const options = data.public ? "" : ", credentials: { username: \"…\", password: \"…\" }";
  return `import { createClient } from "${name}";\n\n// ${operation}\nconst client = createClient({ baseUrl: "${location.origin}"${options} });\nconst result = await client.${feature}.${method}(${given});\nconsole.log(result);\nawait client.close();`;
}

/** With the names of the TypeScript client, which are in camel case. */
function script(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(script).join(", ")}]`;
  }
  if (typeof value === "object" && value !== null) {
    return `{ ${Object.entries(value).map(([name, one]) => `${name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())}: ${script(one)}`).join(", ")} }`;
  }
  return JSON.stringify(value);
}
