/// <reference path="./bot.d.ts" />
import { shuffled } from "lib:game";

/* The card game Set, everybody at once: whoever names three cards that are a set first, gets them.
   A card is four digits of 0, 1 and 2: number, colour, shape, filling. */

const deck = () => [...Array(81).keys()].map((n) => n.toString(3).padStart(4, "0"));
const isSet = (...cards) =>
  [0, 1, 2, 3].every((i) => new Set(cards.map((card) => card[i])).size !== 2);

function* setsIn(table) {
  for (let a = 0; a < table.length; a++) {
    for (let b = a + 1; b < table.length; b++) {
      for (let c = b + 1; c < table.length; c++) {
        if (isSet(table[a], table[b], table[c])) yield [a + 1, b + 1, c + 1];
      }
    }
  }
}

const words = ([n, colour, shape, fill]) =>
  `${+n + 1}${"rgp"[colour]}${["diamond", "oval", "wave"][shape]}${["", "/", "#"][fill]}`;

class SetGame {
  static manifest = {
    summary: "Set for two to eight: the first to claim three matching cards gets them",
    net: [],
    params: {
      type: "object",
      properties: {
        players: { type: "integer", minimum: 2, maximum: 8, default: 2 },
        cards: { type: "integer", minimum: 12, maximum: 81, default: 30 },
      },
    },
    moves: {
      game: "set",
      actions: {
        claim: { value: "<text>", text: "claim" },
        none: {},
      },
    },
  };

  on_init() {
    this.begin();
  }

  on_join(player_id) {
    if (this.ctx.get_state()) {
      return this.ctx.post("bot", { text: `${player_id} came too late and watches.` });
    }
    this.begin();
  }

  begin() {
    const players = this.ctx.players().map((p) => p.player_id).slice(0, this.params.players);
    if (players.length < this.params.players) return;
    const cards = shuffled(deck()).slice(0, this.params.cards);
    this.deal({
      table: cards.splice(0, 12),
      cards,
      points: Object.fromEntries(players.map((p) => [p, 0])),
      none: [],
    });
  }

  deal(state, text) {
    const { table, cards, points, none } = state;
    while (table.length < 12 && cards.length) table.push(cards.pop());
    let sets = [...setsIn(table)];
    while (!sets.length && cards.length) {
      table.push(...cards.splice(-3));
      sets = [...setsIn(table)];
    }
    if (!sets.length) {
      const most = Math.max(...Object.values(points));
      const winners = Object.keys(points).filter((p) => points[p] === most);
      this.ctx.post("bot", { type: "game_end", winners, points });
      return this.ctx.end({ winners, points });
    }
    this.ctx.set_state(state);
    this.ctx.post("bot", {
      type: "table",
      text: text ?? "Find a set.",
      now: {
        may: Object.keys(points).filter((p) => !none.includes(p)).map((player) => ({ player })),
        players: Object.keys(points),
        position: {
          cards: table.map((card, i) => `${i + 1} ${words(card)}`),
          left: cards.length,
          points,
        },
        // One set is always shown: players who don't look for themselves are quick, not clever.
        legal_moves: sets.slice(0, 1).map((three) => ({ action: "claim", value: three.join(" ") })),
      },
      view: {
        kind: "table",
        title: "Set",
        rows: Array.from(
          { length: Math.ceil(table.length / 3) },
          (_, y) =>
            table.slice(3 * y, 3 * y + 3).map((card, x) => `${3 * y + x + 1}: ${words(card)}`),
        ),
      },
    });
  }

  on_message({ kind, sender, body }) {
    if (kind !== "user") return;
    const state = this.ctx.get_state();
    if (!state) return;
    const refuse = (text) => this.ctx.post("bot", { type: "violation", player: sender, text });
    if (!(sender in state.points)) return refuse("You do not play.");
    const said = body.action === "claim" ? body.value : body.text;
    const picked = typeof said === "string" ? said.match(/\d+/g)?.map(Number) ?? [] : [];
    if (picked.length !== 3 || new Set(picked).size !== 3) {
      return refuse("Claim three cards, for example 1 5 9.");
    }
    const cards = picked.map((n) => state.table[n - 1]);
    if (cards.includes(undefined) || !isSet(...cards)) {
      state.points[sender]--;
      this.ctx.set_state(state);
      return refuse("That is not a set, and costs a point.");
    }
    state.points[sender]++;
    this.deal(
      { ...state, table: state.table.filter((card) => !cards.includes(card)) },
      `${sender} has found a set.`,
    );
  }

  on_leave(player_id) {
    const state = this.ctx.get_state();
    if (!state || !(player_id in state.points)) return;
    delete state.points[player_id];
    if (Object.keys(state.points).length === 0) return this.ctx.end({ winners: [] });
    this.deal(state, `${player_id} has left.`);
  }
}
