/** The verb of an operation, as a small coloured word. */

const SHORT: { readonly [verb: string]: string } = { DELETE: "DEL", EVENT: "EVT", PATCH: "PAT", OPTIONS: "OPT" };

export function Tag({ verb }: { readonly verb: string }) {
  return <span class={`tag ${verb.toLowerCase()}`} title={verb}>{SHORT[verb] ?? verb}</span>;
}
