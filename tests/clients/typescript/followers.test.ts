/** Who follows what over which connection. Run by `test_typescript_units.py`. */

import assert from "node:assert/strict";
import { test } from "node:test";

const runtime = process.env["RUNTIME"] as string;
const { Followers } = await import(`${runtime}/followers.ts`);
const { JSON_CODEC } = await import(`${runtime}/json_codec.ts`);

const BEGUN = { type: "subscribed", topics: ["t"], positions: [{ topic: "t", epoch: "", offset: 0, recovered: false }] };

test("while one connection takes another's place who is there is told by one of them", () => {
  const followers = new Followers({});
  const told: string[] = [];
  followers.watch({ name: "t" }, { tell: ({ change }: { change: string }) => told.push(change), end: () => undefined });
  const [first, second] = [{}, {}];
  const hear = (change: string, over: object): void =>
    followers.hear({ type: `topic.${change}`, topic: "t", users: ["a"], count: 1 }, JSON_CODEC, over);
  followers.hear(BEGUN, JSON_CODEC, first);
  hear("present", first);
  followers.hear(BEGUN, JSON_CODEC, second);
  hear("left", first);
  hear("present", second);
  hear("joined", second);
  assert.deepEqual(told, ["present", "present", "joined"]);
});
