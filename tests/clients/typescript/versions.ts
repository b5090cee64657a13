/**
 * One call by the client of any contract that has `send_thing`: called with the package's `index.ts`, an address, a transport, an
 * encoding and the request. Prints what it understood of the answer; `../test_versions.py` says what that must be.
 */

const [source = "", url = "", transport = "", encoding = "", request = ""] = process.argv.slice(2);
const { createClient } = await import(source);

interface Shape {
  readonly kind: string;
}

const kindOf = (shape: Shape | undefined): string | null => (shape === undefined ? null : shape.kind.replace("$unknown", "unknown"));

const client = createClient({ baseUrl: url, token: "a.b.c", transport, encoding });
const fields = JSON.parse(request) as { id: number };
const thing = await client.things.sendThing({ ...fields, id: BigInt(fields.id) });
await client.close();
const understood = {
  id: Number(thing.id),
  name: thing.name,
  note: thing.note,
  usual: thing.usual,
  colour: thing.colour ?? null,
  levels: thing.levels,
  shape: kindOf(thing.shape),
  shapes: thing.shapes.map(kindOf),
  sides: Object.values(thing.byName as { [name: string]: { side?: number } }).map((one) => one.side ?? null),
};
console.log(JSON.stringify(understood));
