"use strict";

// War. Nobody decides anything: both flip until one has all the cards (or 200 flips are over).
import { shuffled } from "lib:game";

const RANKS = "23456789TJQKA";
const newDeck = () =>
  shuffled([...RANKS].flatMap((rank) => [..."shdc"].map((suit) => rank + suit)));
const rank = (card) => RANKS.indexOf(card[0]);

export default class War {
  static manifest = {
    summary: "War, the card game: flip and hope",
    net: [],
    moves: { game: "war", actions: { flip: {} } },
    params: { max_flips: 200 },
  };

  constructor(ctx, { max_flips }) {
    Object.assign(this, { ctx, max_flips });
  }

  on_join() {
    const ids = this.ctx.players().map((p) => p.player_id);
    if (ids.length !== 2 || this.ctx.get_state()) return;
    const deck = newDeck();
    // One string a pile keeps the state small.
    this.ask({
      ids,
      piles: [deck.slice(0, 26).join(""), deck.slice(26).join("")],
      ready: [],
      flips: 0,
    });
  }

  ask(s, news = {}) {
    this.ctx.set_state(s);
    const waiting = s.ids.filter((id) => !s.ready.includes(id));
    this.ctx.post("bot", {
      ...news,
      type: "bot:turn",
      players: waiting,
      position: { cards: s.piles.map((p) => p.length / 2), flips: s.flips },
      legal_moves: [{ action: "flip" }],
      view: {
        kind: "cards",
        rows: s.ids.map((id, i) => ({
          label: id,
          cells: ["??"],
          note: `${s.piles[i].length / 2} cards`,
        })),
        ...news.view,
      },
    });
  }

  on_message({ sender, kind, body }) {
    const s = this.ctx.get_state();
    if (kind !== "user" || !s) return;
    const no = (text) => this.ctx.post("bot", { type: "violation", player: sender, text });
    if (!s.ids.includes(sender)) return no("You do not play.");
    if (s.ready.includes(sender)) return no("You have flipped; wait for the other one.");
    if (body.action !== "flip" && body.text !== "flip") return no("Flip.");
    s.ready.push(sender);
    if (s.ready.length < 2) return this.ask(s);
    this.fight(s);
  }

  fight(s) {
    const [a, b] = s.piles.map((p) => p.match(/../g));
    const stake = [];
    const shown = [];
    let winner = null;
    while (winner === null) {
      if (!a.length || !b.length) {
        winner = a.length ? 0 : 1;
        break;
      }
      const [x, y] = [a.shift(), b.shift()];
      shown.push([x, y]);
      stake.push(x, y);
      if (rank(x) !== rank(y)) {
        winner = rank(x) > rank(y) ? 0 : 1;
        break;
      }
      stake.push(
        ...a.splice(0, Math.min(3, a.length - 1)),
        ...b.splice(0, Math.min(3, b.length - 1)),
      );
    } // Shuffled, or two players may go round for ever.

    [a, b][winner].push(...shuffled(stake));
    const next = { ...s, piles: [a.join(""), b.join("")], ready: [], flips: s.flips + 1 };
    const view = {
      kind: "cards",
      rows: s.ids.map((id, i) => ({
        label: id,
        cells: shown.slice(-6).map((pair) => pair[i]),
        note: `${next.piles[i].length / 2} cards`,
      })),
    };
    const out = next.piles.findIndex((p) => p === "");
    if (out < 0 && next.flips < this.max_flips) return this.ask(next, { shown, view });
    const [m, n] = next.piles.map((p) => p.length);
    const best = m === n ? null : s.ids[m > n ? 0 : 1];
    this.ctx.post("bot", { type: "game_end", winner: best, shown, view });
    this.ctx.end({ winner: best, cards: [m / 2, n / 2] });
  }

  on_leave(id) {
    const s = this.ctx.get_state();
    if (s?.ids.includes(id)) this.ctx.end({ winner: s.ids.find((each) => each !== id) });
  }
}
