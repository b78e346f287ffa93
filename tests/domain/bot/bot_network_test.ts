import assert from "node:assert/strict";
import { declaredNet, jobNet } from "../../../src/domain/bot/bot_network.ts";
import { Refusal } from "../../../src/kernel/refusal.ts";

Deno.test("declaredNet() accepts a list of host names, or nothing for any public host", () => {
  assert.equal(declaredNet({}), "public");
  assert.equal(declaredNet({ net: "public" }), "public");
  assert.deepEqual(declaredNet({ net: [] }), []);
  const net = ["API.example.org", "*.example.org", "example.org:8443", "api.example.org"];
  assert.deepEqual(declaredNet({ net }), ["api.example.org", "*.example.org", "example.org:8443"]);
  assert.deepEqual(jobNet("public"), ["*"]);
  assert.deepEqual(jobNet([]), []);
});

Deno.test("declaredNet() refuses anything that is not a host name", async (t) => {
  const refused: unknown[] = [
    "example.org",
    ["*"],
    ["https://example.org"],
    ["example.org/path"],
    ["user@example.org"],
    ["127.0.0.1"],
    ["10.1"],
    ["2130706433"],
    ["0x7f.1"],
    ["0x7f000001:80"],
    ["[::1]"],
    ["::1"],
    ["a,b"],
    ["a b"],
    ["a.*.org"],
    ["*.*.org"],
    [""],
    [7],
    [null],
    ["-a.org"],
    ["a..org"],
    ["ä.org"],
    ["a".repeat(64) + ".org"],
    Array(17).fill("a.org"),
    { host: "a.org" },
    null,
  ];
  for (const net of refused) {
    await t.step(JSON.stringify(net).slice(0, 40), () => {
      const rejects = (error: Error) => error instanceof Refusal && error.code === "BOT_REJECTED";
      assert.throws(() => declaredNet({ net: net as never }), rejects);
    });
  }
});
