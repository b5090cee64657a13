/** The tables that `../test_decisions.py` holds the Python client to. Run by `test_typescript_units.py`. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const runtime = process.env["RUNTIME"] as string;
const { backoffMs, mayRepeat, outcomeOf, RetryBudget } = await import(`${runtime}/retry.ts`);
const { afterClose, afterRefusal, reconnectMs } = await import(`${runtime}/session.ts`);
const { dueAfterMs } = await import(`${runtime}/tokens.ts`);

const table = (name: string): any => JSON.parse(readFileSync(new URL(`../cases/${name}.json`, import.meta.url), "utf8"));

for (const { name, operation, outcome, can_refresh, expect } of table("repeat")) {
  test(`what is repeated: ${name}`, () => {
    const safety = { query: operation.is_query === true ? true : undefined, idempotency: operation.idempotency };
    assert.equal(mayRepeat(safety, outcome, can_refresh), expect);
  });
}

for (const { code, kind, status, expect } of table("outcome")) {
  test(`what a refusal says of the outcome: ${code} ${status}`, () => {
    assert.equal(outcomeOf({ code, kind, status }), expect);
  });
}

for (const { code, renewed, expect } of table("close").closes) {
  test(`what follows close ${code}${renewed ? " again" : ""}`, () => assert.equal(afterClose(code, renewed), expect));
}

for (const { status, renewed, expect } of table("close").refusals) {
  test(`what follows a handshake refused with ${status}${renewed ? " again" : ""}`, () => {
    assert.equal(afterRefusal(status, renewed), expect);
  });
}

for (const { expires_in_s, due_after_s } of table("refresh")) {
  test(`when a token of ${expires_in_s} s is renewed`, () => {
    assert.ok(Math.abs(dueAfterMs(expires_in_s * 1000) - due_after_s * 1000) < 1e-6);
  });
}

test("pauses grow to their cap and are never below half", () => {
  for (let number = 1; number < 12; number += 1) {
    const full = Math.min(8000, 250 * 2 ** (number - 1));
    for (let round = 0; round < 50; round += 1) {
      const pause = backoffMs(number);
      assert.ok(pause >= full / 2 && pause <= full, `${pause} of ${full}`);
      assert.ok(backoffMs(1, 3000) >= 3000 && backoffMs(1, 3000) <= 3300);
      assert.ok(reconnectMs(40) <= 30_000);
    }
  }
});

test("a failing server uses the budget up and success gives it back", () => {
  const budget = new RetryBudget(2);
  assert.deepEqual([budget.take(), budget.take(), budget.take()], [true, true, false]);
  for (let round = 0; round < 11; round += 1) {
    budget.refund();
  }
  assert.ok(budget.take());
});
