/** Plays, over HTTP against a real server, one channel with everything that can be forged: two
 *  referees, dice, timers, evidence, a vetted module, a whisper, a commitment, a bot that ends, and
 *  the close. */
import { ChannelExport } from "../../src/domain/proof/channel_export.ts";
import { ofType, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { exportOf } from "../support/verifier.ts";
import { webServer } from "../support/web_server.ts";

/** The server's signing key, 32 bytes in hex. A forger who runs the server has it. */
export const SERVER_KEY = "0a".repeat(32);

const ORACLE = `import { Chess } from "lib:chess.js";
export default class Oracle {
  static manifest = { summary: "Rolls, asks, remembers and comes back", net: ["HOST"], private: true };
  constructor(ctx, params) { this.ctx = ctx; this.params = params; }
  on_join(player) { this.ctx.post("bot", { type: "welcome", player, opening: new Chess().fen() }); }
  async on_message(msg) {
    if (msg.kind !== "user") return;
    const { asked = 0 } = this.ctx.get_state() ?? {};
    this.ctx.set_state({ asked: asked + 1, last: msg.body });
    if (msg.body.ask) {
      const answer = await fetch(msg.body.ask);
      this.ctx.post("bot", { type: "told", status: answer.status, told: await answer.text() });
    }
    if (msg.body.secret) this.ctx.post("bot", { type: "heard", by: msg.sender }, { to: [msg.sender] });
    if (msg.body.wake !== undefined) this.ctx.set_timer("wake", msg.body.wake);
    this.ctx.post("bot", { type: "rolled", die: 1 + Math.floor(Math.random() * 6), at: Date.now() });
  }
  on_timer(name) { this.ctx.post("bot", { type: "woke", name, asked: this.ctx.get_state().asked }); }
}`;

export interface Genuine {
  /** The export for Alice. */
  file: ChannelExport;
  /** The receipt of Alice's first post. */
  receipt: string;
}

export async function genuineChannel(): Promise<Genuine> {
  await using site = webServer();
  await using server = await testServer({
    botNetwork: "http",
    testNetwork: { loopback: true, caCerts: [] },
    signingKey: SERVER_KEY,
  });
  const { host, players: [alice, bob] } = await roomOf(server.url, {
    slots: ["bot:oracle", "bot:guess", "invite:alice", "invite:bob"],
    bots: [
      { inline_code: ORACLE.replace("HOST", site.host), slot: "bot:oracle" },
      { code_ref: "builtin://GuessBot", slot: "bot:guess", params: { range: [1, 4] } },
    ],
  }, 2);
  const { channel_id } = host;
  const read: Wire[] = [];
  /** Waits until the oracle has rolled `said` times and a message of each type has arrived. */
  const seen = async (said: number, ...types: string[]) => {
    const complete = () =>
      read.filter(ofType("rolled")).length >= said &&
      types.every((type) => read.some(ofType(type)));
    while (!complete()) read.push(...await alice!.readUntil(() => true));
  };
  const { receipt } = await alice!.say("good luck", { receipt: true });
  await seen(1);
  await alice!.say({ ask: `${site.origin}/echo?q=price` });
  await seen(2);
  await alice!.say({ wake: 0 });
  await seen(3, "woke", "bot:turn");
  for (let value = 1; value <= 4 && !read.some(ofType("bot:end")); value++) {
    const { player } = read.findLast(ofType("bot:turn")).body;
    await [alice!, bob!].find(({ player_id }) => player_id === player)!.guess(value);
    await seen(3 + value);
    const judged = () => read.some((m) => ofType("judge")(m) && m.body.guess === value);
    while (!judged()) read.push(...await alice!.readUntil(ofType("judge")));
  }
  await seen(4, "bot:end");
  // Last, because Alice can't read it and so can't replay the bots from here on.
  await bob!.call("post_message", { channel_id, body: { secret: "hush" }, to: [alice!.player_id] });
  await seen(read.filter(ofType("rolled")).length + 1);
  await host.call("update_channel", { channel_id, ops: [{ type: "close" }] });
  const text = await exportOf(alice!);
  return { file: ChannelExport.parse(JSON.parse(text)), receipt: receipt.checkpoint };
}
