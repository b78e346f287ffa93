/** Hostile Python against a real server. */
import assert from "node:assert/strict";
import { playAll } from "./hostile/arena.ts";
import { attacksOf, PYTHON } from "./hostile/attack.ts";
import { PYTHON_ATTACKS } from "./hostile/python_attacks.ts";

const ECHO_BOT = `class Echo:
    def on_message(self, msg):
        if msg["kind"] == "user": self.ctx.post("bot", {"echo": msg["body"]})
`;
const IN_PYTHON = {
  language: "python",
  neighbour: ECHO_BOT,
  lanes: 2,
  hookTimeoutMs: 30_000,
  serverGrowth: 100,
  hostSize: 350,
} as const;

Deno.test("hostile Python ends by itself", async (t) => {
  const attacks = attacksOf(PYTHON_ATTACKS, PYTHON, (ending) => ending !== "killed");
  await playAll(t, IN_PYTHON, attacks);
});

Deno.test("the table has its full size", () => {
  assert.ok(Object.keys(PYTHON_ATTACKS).length >= 80);
});
