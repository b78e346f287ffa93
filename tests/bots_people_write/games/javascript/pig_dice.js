/// <reference path="./bot.d.ts" />
// Pig, as a reducer: events in, effects out.
const init = (players) => ({ players, at: 0, scores: players.map(() => 0), pot: 0 });
const next = (s) => ({ ...s, at: (s.at + 1) % s.players.length, pot: 0 });
const reducers = {
  roll: (s, die) => (die === 1 ? next(s) : { ...s, pot: s.pot + die }),
  hold: (s) => next({ ...s, scores: s.scores.map((n, i) => (i === s.at ? n + s.pot : n)) }),
};
const d6 = () => 1 + crypto.getRandomValues(new Uint32Array(1))[0] % 6;

export default class PigDice {
  static manifest = {
    summary: "Pig: roll as often as you dare; a one loses the pot",
    net: [],
    params: {
      type: "object",
      properties: {
        players: { type: "integer", minimum: 2, maximum: 6, default: 2 },
        goal: { type: "integer", minimum: 10, maximum: 200, default: 50 },
      },
    },
    moves: { game: "pig", actions: { roll: { text: "roll" }, hold: { text: "hold" } } },
  };
  on_init = () => this.on_join();
  on_join = () => {
    const ids = this.ctx.players().map((p) => p.player_id).slice(0, this.params.players);
    if (ids.length >= this.params.players && !this.ctx.get_state()) this.turn(init(ids));
  };
  on_leave = (id) => {
    const s = this.ctx.get_state();
    const i = s?.players.indexOf(id) ?? -1;
    if (i < 0) return;
    const [players, scores] = [s.players.toSpliced(i, 1), s.scores.toSpliced(i, 1)];
    if (players.length < 2) return this.ctx.end({ winner: players[0] ?? null });
    const at = (i < s.at ? s.at - 1 : s.at) % players.length;
    this.turn({ players, scores, at, pot: i === s.at ? 0 : s.pot });
  };
  on_message = ({ kind, sender, body }) => {
    const s = this.ctx.get_state();
    if (kind !== "user" || !s) return;
    const action = body.action ?? body.text;
    const reducer = Object.hasOwn(reducers, action) && reducers[action];
    if (!reducer || sender !== s.players[s.at]) {
      return this.ctx.post("bot", {
        type: "violation",
        player: sender,
        text: `${s.players[s.at]} rolls or holds.`,
      });
    }
    const die = action === "roll" ? d6() : null;
    const t = reducer(s, die);
    const won = t.scores.findIndex((n) => n >= this.params.goal);
    if (won >= 0) return this.ctx.end({ winner: t.players[won], scores: t.scores });
    this.turn(t, die);
  };
  turn = (s, die = null) => {
    this.ctx.set_state(s);
    this.ctx.post("bot", {
      type: "bot:turn",
      player: s.players[s.at],
      players: s.players,
      position: { die, pot: s.pot, scores: s.scores, goal: this.params.goal },
      legal_moves: ["roll", "hold"].map((action) => ({ action })),
      view: {
        kind: "table",
        columns: ["", "points"],
        rows: s.players.map((p, i) => [{ text: p, marked: i === s.at }, s.scores[i]]),
        note: `pot ${s.pot}`,
      },
    });
  };
}
