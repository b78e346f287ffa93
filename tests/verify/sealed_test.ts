/** Lies about a sealed channel, by an operator who has the server's key: both verifiers refuse each
 *  at its entry. */
import assert from "node:assert/strict";
import { CHANNEL_LIMITS } from "../../src/domain/limits/channel.ts";
import { ChannelExport, type ExportedEntry } from "../../src/domain/proof/channel_export.ts";
import { reportText } from "../../src/verify/report.ts";
import { verifyExport } from "../../src/verify/verify_export.ts";
import { ofType, Player, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { exportOf } from "../support/verifier.ts";
import { SERVER_KEY } from "./genuine.ts";
import { Liar } from "./liar.ts";
import { secondVerdicts } from "./second_verifier.ts";

const REFEREE = `export default class Referee {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) { if (msg.kind === "user") this.ctx.post("bot", { type: "heard" }); }
}`;

/** A channel that its players close: both ask, one of them twice, and one seat is taken over. */
async function closedByAll(): Promise<ChannelExport> {
  await using server = await testServer({ signingKey: SERVER_KEY });
  const slots = ["bot:referee", "invite:ann", "invite:bob", "invite:cleo"];
  const wanted = { slots, sealed: true, bot_code: REFEREE };
  const { host, players: [ann, bob, cleo] } = await roomOf(server.url, wanted, 3);
  const close = (player: Player) =>
    player.call("update_channel", { channel_id: ann!.channel_id, ops: [{ type: "close" }] });
  await cleo!.call("leave_channel", { channel_id: cleo!.channel_id });
  await close(ann!);
  await ann!.say("no, let us go on");
  await ann!.readUntil(ofType("heard"));
  await close(bob!);
  const dan = await Player.at(server.url);
  await dan.join(bob!.rejoin_token);
  await close(ann!);
  await close(dan);
  for (const player of [host, ann!]) {
    const ops = [{ type: "delete" }];
    await player.call("update_channel", { channel_id: ann!.channel_id, ops });
  }
  return ChannelExport.parse(JSON.parse(await exportOf(ann!)));
}

/** By name, the change; it returns the entry that the verifiers must refuse. */
const LIES: Record<string, (liar: Liar) => ExportedEntry> = {
  "a player put out": (liar) => {
    const left = liar.says(liar.typed("member_left"), { reason: "removed" });
    const op = { type: "yield_slot", slot_id: "s3", to: "invite" };
    liar.after(left, { body: { type: "yield_slot_applied", op } });
    return left;
  },
  "a player who left for no reason": (liar) => {
    const left = liar.typed("member_left");
    delete left.body!.reason;
    return left;
  },
  "other spectators while its bots play": (liar) => {
    const op = { type: "set_spectators", who: "public", delay: 0 };
    return liar.after(liar.typed("close_asked"), { body: { type: "set_spectators_applied", op } });
  },
  "a seat opened while its bots play": (liar) => {
    const op = { type: "set_visibility", open_seats: true };
    return liar.after(liar.typed("close_asked"), { body: { type: "set_visibility_applied", op } });
  },
  "a close for which one player asked before it went on": (liar) => {
    liar.drop(liar.typed("close_asked", 2));
    return liar.typed("close_applied");
  },
  "a close for which the former holder of a seat asked": (liar) => {
    liar.drop(liar.typed("close_asked", 3));
    return liar.typed("close_applied");
  },
  "a close right after the last word": (liar) => {
    for (let i = 0; i < 4; i++) liar.drop(liar.typed("close_asked"));
    return liar.typed("close_applied");
  },
  "a close shortly before the time that entry 1 states": (liar) => {
    for (let i = 0; i < 4; i++) liar.drop(liar.typed("close_asked"));
    return later(liar, CHANNEL_LIMITS.sealedQuietMs - 1);
  },
  "a request of a player who has no seat": (liar) =>
    liar.says(liar.typed("close_asked", 3), { player_id: "p3" }),
  "a request of a player who asked before": (liar) =>
    liar.says(liar.typed("close_asked", 3), { player_id: "p1" }),
  "another text of a deletion": (liar) =>
    inOp(liar.typed("delete_applied"), { text: "dan has won" }),
  "a deletion at a time that is past": (liar) =>
    inOp(liar.typed("delete_applied"), { at: "2020-01-01T00:00:00.000Z" }),
  "a deletion before the close": (liar) => {
    const { body } = liar.typed("delete_applied");
    return liar.after(liar.typed("close_asked"), { body });
  },
  "a deletion that was announced before": (liar) => {
    const { body } = liar.typed("delete_applied");
    return liar.after(liar.typed("delete_agreed"), { body });
  },
  "an agreement that was given before": (liar) => {
    const { body } = liar.typed("delete_agreed");
    return liar.after(liar.typed("delete_agreed"), { body });
  },
  "an agreement of one without a seat": (liar) =>
    liar.says(liar.typed("delete_agreed"), { by: "p3" }),
  "an agreement to a deletion that nobody announced": (liar) => {
    liar.drop(liar.typed("delete_applied"));
    return liar.typed("delete_agreed");
  },
  "a request in a channel that is not sealed": (liar) => {
    liar.says(liar.file.entries[0]!, { sealed: false });
    delete liar.typed("bot:manifest").body!.sealed;
    return liar.typed("close_asked");
  },
};

function inOp(entry: ExportedEntry, changed: Wire): ExportedEntry {
  Object.assign((entry.body as Wire).op, changed);
  return entry;
}

/** The close, so many milliseconds after the last word. */
function later(liar: Liar, ms: number): ExportedEntry {
  for (const type of ["delete_agreed", "delete_applied"]) liar.drop(liar.typed(type));
  const close = liar.typed("close_applied");
  const said = liar.file.entries.findLast(({ sender }) => sender !== "system")!;
  close.ts = new Date(Date.parse(said.ts) + ms).toISOString();
  return close;
}

const HONEST: Record<string, (liar: Liar) => void> = {
  "as it was": () => {},
  "closed after the time that entry 1 states": (liar) => {
    for (let i = 0; i < 4; i++) liar.drop(liar.typed("close_asked"));
    later(liar, CHANNEL_LIMITS.sealedQuietMs);
  },
  "of a release that promised nothing of this": (liar) => {
    delete liar.file.entries[0]!.body!.quiet_ms;
    for (let i = 0; i < 4; i++) liar.drop(liar.typed("close_asked"));
  },
};

Deno.test("both verifiers hold the host of a sealed channel to its promise", async (t) => {
  const genuine = await closedByAll();
  const made = (change: (liar: Liar) => ExportedEntry | void) => {
    const liar = new Liar(genuine);
    const at = change(liar);
    liar.mend(SERVER_KEY);
    return { file: liar.file, id: at?.id };
  };
  for (const [name, change] of Object.entries(HONEST)) {
    await t.step(name, async () => {
      const { file } = made(change);
      const report = await verifyExport(file);
      assert.ok(report.ok, reportText(report));
      assert.deepEqual(await secondVerdicts([{ file, receipts: [] }]), [{}]);
    });
  }
  for (const [name, change] of Object.entries(LIES)) {
    await t.step(name, async () => {
      const { file, id } = made(change);
      const { checks } = await verifyExport(file);
      const wrong: Wire = checks.find(({ verdict }) => verdict === "failed");
      assert.deepEqual([wrong?.check, wrong?.id], ["speakers", id], wrong?.text);
      const [second] = await secondVerdicts([{ file, receipts: [] }]);
      assert.deepEqual([second!.check, second!.id], ["speakers", id], "the second verifier");
    });
  }
});
