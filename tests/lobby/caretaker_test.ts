/** What the caretaker does for tickets that no call waits for. */
import assert from "node:assert/strict";
import { LOBBY_LIMITS } from "../../src/domain/limits/lobby.ts";
import type { Match, Ticket } from "../../src/domain/lobby/ticket.ts";
import { Caretaker } from "../../src/lobby/caretaker.ts";
import { Matchmaker } from "../../src/lobby/matchmaker.ts";
import type { Seater } from "../../src/lobby/seater.ts";
import { TicketStore } from "../../src/store/lobby/ticket_store.ts";

const NOW = 1_800_000_000_000;

function ticket(id: string, more: Partial<Ticket> = {}): Ticket {
  return {
    ticket_id: `ticket_${id}`,
    principal: `guest:${id}`,
    conversation: null,
    wish: id,
    code_hash: `sha256:${"a".repeat(64)}`,
    bot_name: "Game",
    params: {},
    params_hash: id,
    players: 2,
    any_params: false,
    rated: false,
    pool: "pool",
    created_at: NOW - LOBBY_LIMITS.widenMs,
    expires_at: NOW + LOBBY_LIMITS.ticketMs,
    state: { kind: "waiting" },
    ...more,
  };
}

Deno.test("the caretaker pairs what has widened, ends what is forgotten, and seats what was left", async () => {
  const kv = await Deno.openKv(":memory:");
  const tickets = new TicketStore(kv);
  const seated: string[] = [];
  const seater = {
    seat: (id: string) => Promise.resolve(void seated.push(id)),
  } as unknown as Seater;
  const changed: string[] = [];
  const shares = { tickets, seater, now: () => new Date(NOW) };
  const matchmaker = new Matchmaker({
    ...shares,
    changed: (id) => changed.push(id),
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  });
  const caretaker = new Caretaker({ ...shares, matchmaker, shared: false, log: () => {} });
  try {
    const left: Match = {
      match_id: "left",
      ticket_ids: [],
      terms: "",
      made_at: NOW - LOBBY_LIMITS.takeoverMs,
    };
    const fresh: Match = { ...left, match_id: "fresh", made_at: NOW };
    for (const match of [left, fresh]) {
      const lone = ticket(match.match_id);
      await tickets.add(lone, null, NOW + 1);
      assert.ok(await tickets.pair([lone], match));
    }
    const wide = ticket("wide", { any_params: true });
    const [other, forgotten, lonely] = [ticket("other"), ticket("forgotten"), ticket("lonely")];
    const old = ticket("old", { expires_at: NOW });
    await tickets.add(forgotten, null, NOW);
    for (const each of [wide, other, old]) await tickets.add(each, null, NOW + 1);
    await tickets.add({ ...lonely, pool: "elsewhere" }, null, NOW + 1);
    await caretaker.look();
    await caretaker.close();
    const states = await Promise.all(
      [wide, other, forgotten, old, lonely].map(async ({ ticket_id }) =>
        (await tickets.load(ticket_id))!.state.kind
      ),
    );
    assert.deepEqual(states, ["paired", "paired", "expired", "expired", "waiting"]);
    assert.equal(seated[0], "left");
    assert.equal(seated.length, 2, "the match that was left, and the one that was made");
    assert.ok(!seated.includes("fresh"), "an instance that is alive seats its own match");
    assert.equal(changed.length, 4);
  } finally {
    kv.close();
  }
});
