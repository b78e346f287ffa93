/// <reference path="./bot.d.ts" />
// A second-price auction without trust: everybody commits to a bid by its hash, then opens it.
// Who does not open in time is out.

const ENCODER = new TextEncoder();
const fromHex = (hex) => new Uint8Array(hex.match(/../g).map((pair) => Number.parseInt(pair, 16)));
const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

async function hashOf(bid, salt) {
  const bytes = new Uint8Array([...fromHex(salt), ...ENCODER.encode(JSON.stringify(bid))]);
  return `sha256:${toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)))}`;
}

// Only examples, for those who just want to see how it goes.
const EXAMPLES = [7, 21, 35];
const EXAMPLE_SALT = "ab".repeat(32);

export default class SealedOffers {
  static manifest = {
    summary: "A Vickrey auction with commitments: commit, then reveal",
    net: [],
    moves: {
      game: "offers",
      actions: {
        commit: { value: "<text>" },
        reveal: {
          value: {
            type: "object",
            properties: { value: { type: "integer" }, salt: { type: "string" } },
          },
        },
      },
    },
    params: {
      type: "object",
      properties: {
        players: { type: "integer", minimum: 2, maximum: 8, default: 3 },
        reveal_s: { type: "integer", minimum: 10, maximum: 3600, default: 120 },
      },
    },
  };

  async on_init() {
    await this.on_join();
  }

  async on_join() {
    const bidders = this.ctx.players().map(({ player_id }) => player_id).slice(
      0,
      this.params.players,
    );
    if (this.ctx.get_state() || bidders.length < this.params.players) return;
    await this.#ask({ phase: "commit", bidders, hashes: {}, bids: {} });
  }

  async #ask(state) {
    this.ctx.set_state(state);
    const { phase, bidders, hashes, bids } = state;
    if (phase === "commit") {
      const legal_moves = [];
      for (const bid of EXAMPLES) {
        legal_moves.push({ action: "commit", value: await hashOf(bid, EXAMPLE_SALT) });
      }
      return this.ctx.post("bot", {
        type: "bot:turn",
        players: bidders.filter((each) => !hashes[each]),
        position: { phase, committed: Object.keys(hashes) },
        legal_moves,
        text: "Commit to a bid with make_commitment.",
      });
    }
    // Each one's own move differs, so they open one after another.
    const next = bidders.find((each) => !(each in bids));
    const known = await Promise.all(
      EXAMPLES.map(async (bid) => [await hashOf(bid, EXAMPLE_SALT), bid]),
    );
    const value = new Map(known).get(hashes[next]) ?? 1;
    this.ctx.post("bot", {
      type: "bot:turn",
      player: next,
      players: bidders,
      position: { phase, hashes, bids },
      legal_moves: [{ action: "reveal", value: { value, salt: EXAMPLE_SALT } }],
      text: "Reveal value and salt.",
    });
  }

  async on_message({ sender, kind, body }) {
    const state = this.ctx.get_state();
    if (kind !== "user" || !state) return;
    const no = (text) => {
      this.ctx.post("bot", { type: "violation", player: sender, text });
    };
    const { phase, bidders, hashes, bids } = state;
    if (!bidders.includes(sender)) return no("You do not bid.");
    if (phase === "commit") {
      if (hashes[sender]) return no("You have committed.");
      if (!/^sha256:[0-9a-f]{64}$/.test(body.value)) return no("Commit to sha256:<64 hex digits>.");
      hashes[sender] = body.value;
      if (Object.keys(hashes).length < bidders.length) return await this.#ask(state);
      this.ctx.set_timer("late", this.params.reveal_s * 1000);
      return await this.#ask({ ...state, phase: "reveal" });
    }
    const { value, salt } = body.value ?? {};
    const isOpen = Number.isInteger(value) && value > 0 && /^([0-9a-f]{2}){32}$/.test(salt) &&
      await hashOf(value, salt) === hashes[sender];
    if (!isOpen) return no("That is not what you committed to.");
    if (sender in bids) return no("You have revealed.");
    bids[sender] = value;
    await this.#settle(state);
  }

  async #settle(state) {
    const { bidders, bids } = state;
    if (bidders.some((each) => !(each in bids))) return await this.#ask(state);
    const ranked = Object.entries(bids).sort(([a, x], [b, y]) =>
      y - x || bidders.indexOf(a) - bidders.indexOf(b)
    );
    const [winner] = ranked[0] ?? [null];
    this.ctx.clear_timer("late");
    this.ctx.end({ winner, pays: (ranked[1] ?? ranked[0])?.[1] ?? 0, bids });
  }

  async on_timer() {
    const state = this.ctx.get_state();
    await this.#settle({ ...state, bidders: state.bidders.filter((each) => each in state.bids) });
  }

  async on_leave(player_id) {
    const state = this.ctx.get_state();
    if (!state?.bidders.includes(player_id)) return;
    const bidders = state.bidders.filter((each) => each !== player_id);
    const { [player_id]: _, ...hashes } = state.hashes;
    const { [player_id]: __, ...bids } = state.bids;
    if (bidders.length === 0) return this.ctx.end({ winner: null });
    const phase = bidders.every((each) => hashes[each]) ? "reveal" : "commit";
    const next = { phase, bidders, hashes, bids };
    if (phase === "reveal") await this.#settle(next);
    else await this.#ask(next);
  }
}
