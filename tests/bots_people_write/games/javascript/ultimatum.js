/// <reference path="./bot.d.ts" />

const CAKE = 10;

/**
 * The ultimatum game, both roles in turn. The proposer offers a part of ten points; the responder
 * accepts, or both get nothing.
 *
 * @typedef {{ players: string[], round: number, offer: number | null }} Round
 * @typedef {Round & { points: Record<string, number> }} State
 */
export default class Ultimatum {
  static manifest = {
    summary: "The ultimatum game: offer a share, accept it or burn it all",
    net: [],
    params: {
      type: "object",
      properties: {
        rounds: { type: "integer", minimum: 2, maximum: 20, multipleOf: 2, default: 4 },
      },
    },
    moves: {
      game: "ultimatum",
      actions: {
        offer: { value: { type: "integer", minimum: 0, maximum: CAKE }, text: "offer 3" },
        accept: {},
        reject: {},
      },
    },
  };

  /**
   * @param {BotContext} ctx
   * @param {{ rounds: number }} params
   */
  constructor(ctx, params) {
    this.ctx = ctx;
    this.params = params;
  }

  on_init() {
    this.on_join();
  }

  on_join() {
    const players = this.ctx.players().map(({ player_id }) => player_id);
    if (this.ctx.get_state() || players.length < 2) return;
    const pair = players.slice(0, 2);
    this.#ask({ players: pair, round: 0, offer: null, points: { [pair[0]]: 0, [pair[1]]: 0 } });
  }

  /** @param {State} state */
  #roles({ players, round }) {
    return round % 2 === 0 ? players : [...players].reverse();
  }

  /** @param {State} state */
  #ask(state) {
    this.ctx.set_state(state);
    const [proposer, responder] = this.#roles(state);
    const proposing = state.offer === null;
    this.ctx.post("bot", {
      type: "bot:turn",
      player: proposing ? proposer : responder,
      players: state.players,
      position: {
        round: state.round + 1,
        of: this.params.rounds,
        points: state.points,
        offer: state.offer,
      },
      legal_moves: proposing
        ? [{ action: "offer", value: 5 }]
        : [{ action: "accept" }, { action: "reject" }],
      ...(proposing && { ranges: { offer: { min: 0, max: CAKE } } }),
      text: proposing
        ? `Offer 0 to ${CAKE} of ${CAKE} points.`
        : `You are offered ${state.offer}: accept or reject?`,
    });
  }

  /** @param {Message} msg */
  on_message({ kind, sender, body }) {
    /** @type {State | null} */
    const state = this.ctx.get_state();
    if (kind !== "user" || state === null) return;
    const [proposer, responder] = this.#roles(state);
    const wrong = (text) => void this.ctx.post("bot", { type: "violation", player: sender, text });
    const command = typeof body.text === "string"
      ? body.text.trim().split(/\s+/)
      : [body.action, body.value];
    const [action, value] = command;
    if (state.offer === null) {
      if (sender !== proposer) return wrong(`${proposer} makes an offer first.`);
      const offer = Number(value);
      if (action !== "offer" || !Number.isInteger(offer) || offer < 0 || offer > CAKE) {
        return wrong(`Offer a whole number from 0 to ${CAKE}.`);
      }
      return this.#ask({ ...state, offer });
    }
    if (sender !== responder) return wrong(`${responder} has to answer.`);
    if (!["accept", "reject"].includes(action)) return wrong("Accept or reject.");
    if (action === "accept") {
      state.points[responder] += state.offer;
      state.points[proposer] += CAKE - state.offer;
    }
    this.ctx.post("bot", {
      type: "round",
      round: state.round + 1,
      offer: state.offer,
      answer: action,
      points: state.points,
    });
    const next = { ...state, round: state.round + 1, offer: null };
    if (next.round < this.params.rounds) return this.#ask(next);
    const [a, b] = next.players.map((p) => next.points[p]);
    this.ctx.end({ points: next.points, winner: a === b ? null : next.players[a > b ? 0 : 1] });
  }

  on_leave(player_id, reason) {
    const state = this.ctx.get_state();
    if (!state?.players.includes(player_id)) return;
    const stays = state.players.filter((p) => p !== player_id);
    this.ctx.end({ points: state.points, winner: reason === "left" ? stays[0] : null });
  }
}
