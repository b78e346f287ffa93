/** Under a release with another `lib:game`, a bot goes on with the module with which it was
 *  announced: in its game, in a rematch, in exports, and for both verifiers. */
import assert from "node:assert/strict";
import { ChannelExport } from "../../src/domain/proof/channel_export.ts";
import { hashText, utf8ToBytes } from "../../src/kernel/hash.ts";
import { verifyExport } from "../../src/verify/verify_export.ts";
import { ofType, type Player, roomOf, type Wire } from "../support/player.ts";
import { gone, startProcess } from "../support/process.ts";
import { projectCopy } from "../support/project_copy.ts";
import { checkStore } from "../support/server.ts";
import { exportOf, verify } from "../support/verifier.ts";
import { SERVER_KEY } from "../verify/genuine.ts";
import { Liar } from "../verify/liar.ts";
import { secondVerdicts } from "../verify/second_verifier.ts";

const KV_URL = "data/modules/multiplayer.sqlite3";
const SETTINGS = { KV_URL, RATE_LIMITS: "off", SIGNING_KEY: SERVER_KEY };
/** What a player reads who moves out of turn, and what the next release says instead. */
const [BEFORE, AFTER] = ["Current player: ", "The turn is with "];

async function twoPlayers(url: string) {
  const { host, players } = await roomOf(url, {
    slots: ["bot:one", "bot:two", "invite:ann", "invite:bob"],
    bots: [{ code_ref: "builtin://TicTacToe", slot: "bot:one" }],
  }, 2);
  const [ann, bob] = players as [Player, Player];
  await ann.readUntil(ofType("bot:turn"));
  return { host, ann, bob };
}

/** What the referee says to a move out of turn. */
async function lateMove(player: Player, row: Wire): Promise<string> {
  const { channel_id } = player;
  await player.call("make_game_move", { channel_id, game: "tictactoe", action: "place", ...row });
  const isAnswer = ofType("violation", { player: player.player_id });
  return (await player.readUntil(isAnswer)).find(isAnswer).body.details;
}

async function move(player: Player, action: string, more: Wire = {}) {
  const { channel_id } = player;
  return await player.call("make_game_move", { channel_id, game: "tictactoe", action, ...more });
}

Deno.test("a bot keeps its modules under a release that has others", async (t) => {
  await using project = await projectCopy();
  const { root } = project;
  const library = `${root}bots/game.ts`;
  const old = await Deno.readTextFile(library);
  const oldHash = hashText(utf8ToBytes(old));
  assert.ok(old.includes(BEFORE));
  const first = await startProcess(SETTINGS, { root });
  const { host, ann, bob } = await twoPlayers(first.url);
  const out = { value: 1 };
  assert.match(await lateMove(bob, out), new RegExp(BEFORE));
  await move(ann, "place", { value: 5 });
  const openBefore = await exportOf(ann);
  const hosts = await first.children();
  await first.kill("SIGTERM");
  await gone(hosts);

  const next = `${old.replaceAll(BEFORE, AFTER)}// One more line.\n`;
  const nextHash = hashText(utf8ToBytes(next));
  await Deno.writeTextFile(library, next);
  const second = await startProcess(SETTINGS, { root });
  for (const player of [host, ann, bob]) player.moveTo(second.url);

  await t.step("its game goes on with the old module, which anybody can read", async () => {
    assert.match(await lateMove(ann, out), new RegExp(BEFORE));
    const { channel_id } = ann;
    const asked = { channel_id, bot_id: "bot_TicTacToe_0", module: "lib:game" };
    const { source, code_hash, imports } = await bob.call("get_bot_code", asked);
    assert.equal(source, old);
    assert.deepEqual([code_hash, imports[0].hash], [oldHash, oldHash]);
  });

  await t.step("an export of before and one of now have its source", async () => {
    for (const text of [openBefore, await exportOf(bob)]) {
      const { modules } = JSON.parse(text);
      assert.deepEqual(modules.map(({ hash }: Wire) => hash), [oldHash]);
      assert.equal(modules[0].source, old);
    }
  });

  await t.step("its rematch has the old module, a bot of now the new one", async () => {
    await move(bob, "concede");
    await ann.readUntil(ofType("bot:end"));
    for (const player of [ann, bob]) {
      const { channel_id } = player;
      await player.call("update_channel", { channel_id, ops: [{ type: "rematch" }] });
    }
    await ann.readUntil(ofType("bot:turn", { player: "p2" }));
    assert.match(await lateMove(ann, out), new RegExp(BEFORE));
    await move(bob, "concede");
    await ann.readUntil(ofType("bot:end"));
    const { channel_id } = host;
    const bot = { code_ref: "builtin://TicTacToe", slot: "bot:two" };
    await host.call("attach_bot", { channel_id, bot });
    const again = (await ann.readUntil(ofType("bot:turn"))).find(ofType("bot:turn"));
    assert.equal(again.body.player, "p1");
    assert.match(await lateMove(bob, out), new RegExp(AFTER));
  });

  await host.call("update_channel", { channel_id: host.channel_id, ops: [{ type: "close" }] });
  const text = await exportOf(ann);
  const genuine = ChannelExport.parse(JSON.parse(text));
  const attached = genuine.entries.filter(({ body }) => body?.type === "bot:attach");

  await t.step("verifiers of both releases replay all of it", async () => {
    assert.deepEqual(genuine.modules.map(({ hash }) => hash), [oldHash, nextHash]);
    const imported = attached.map(({ body }) => (body as Wire).imports[0].hash);
    assert.deepEqual(imported, [oldHash, oldHash, nextHash]);
    const here = (await verify(text)).report;
    const { channel_id } = ann;
    const there = await ann.call("verify_channel", { channel_id });
    for (const { ok, hooks, checks } of [here, there]) {
      assert.ok(ok, JSON.stringify(checks));
      assert.equal(hooks.unknown, 0, JSON.stringify(checks));
      const { verdict, text } = checks.find(({ check }: Wire) => check === "replay");
      assert.equal(verdict, "passed");
      assert.match(text, /with other modules than this verifier has.*\(lib:game 1\.0\.0\)/);
    }
    assert.equal(here.hooks.replayed, there.hooks.replayed);
    assert.deepEqual(await secondVerdicts([{ file: genuine, receipts: [] }]), [{}]);
  });

  await t.step("both verifiers refuse another source in place of a module", async () => {
    const { id: attachId } = attached[0]!;
    const lies: Record<string, [change: (file: ChannelExport) => void, id?: number]> = {
      "the new source under the old hash": [({ modules: [module] }) => {
        module!.source = next;
      }, attachId],
      "the new module in place of the old one": [({ modules }) => {
        modules[0] = modules[1]!;
      }],
      "no old module": [({ modules }) => void modules.shift(), attachId],
    };
    for (const [name, [change, id]] of Object.entries(lies)) {
      const file = structuredClone(genuine);
      change(file);
      const { checks } = await verifyExport(file);
      const wrong = checks.find(({ verdict }) => verdict === "failed");
      assert.deepEqual([wrong?.check, wrong?.id], ["sources", id], name);
      const [found] = await secondVerdicts([{ file, receipts: [] }]);
      assert.deepEqual([found!.check, found!.id], ["sources", id], `${name}: second verifier`);
    }
  });

  await t.step("a replay finds a server that ran another module than it announced", async () => {
    const liar = new Liar(genuine);
    const [, module] = liar.file.modules;
    for (const nth of [0, 1]) {
      const { source: _, ...announced } = module!;
      liar.says(liar.typed("bot:attach", nth), { imports: [announced] });
    }
    liar.file.modules.shift();
    liar.mend(SERVER_KEY);
    const { report } = await verify(JSON.stringify(liar.file));
    const wrong = report.checks.find(({ verdict }: Wire) => verdict === "failed");
    const violation = liar.typed("violation");
    assert.deepEqual([wrong?.check, wrong?.id], ["replay", violation.id], wrong?.text);
  });

  const left = await second.children();
  await second.kill("SIGTERM");
  await gone(left);
  await checkStore(root + KV_URL);
});
