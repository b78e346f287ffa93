/// <reference path="./bot.d.ts" />
// A little league: everybody plays everybody at "odds and evens" (both show 1 to 5 at once; pairs
// play one after another), table after every match, ties broken by one play-off.

type Pair = [home: string, away: string];
type Score = { played: number; won: number; points: number };
type Table = Map<string, Score>;

type State = {
  table: [string, Score][];
  fixtures: Pair[];
  shown: Record<string, number>;
  playoff: boolean;
};

const record = (): Score => ({ played: 0, won: 0, points: 0 });

/** The circle method: one stays, the others go round. */
function fixtures(players: string[]): Pair[] {
  const circle: (string | null)[] = players.length % 2 ? [...players, null] : [...players];
  const all: Pair[] = [];
  for (let round = 0; round < circle.length - 1; round++) {
    for (let i = 0; i < circle.length / 2; i++) {
      const [home, away] = [circle[i], circle.at(-1 - i)];
      if (home && away) all.push(round % 2 ? [away, home] : [home, away]);
    }
    circle.splice(1, 0, circle.pop()!);
  }
  return all;
}

export default class RoundRobin {
  static manifest: BotManifest = {
    summary: "A round-robin league at odds and evens",
    net: [],
    private: true,
    moves: {
      game: "league",
      actions: { show: { value: { type: "integer", minimum: 1, maximum: 5 }, private: true } },
    },
    params: {
      type: "object",
      properties: { players: { type: "integer", minimum: 2, maximum: 8, default: 4 } },
    },
  };

  constructor(private ctx: BotContext, private params: { players: number }) {}

  on_init() {
    const players = this.ctx.players().map((p) => p.player_id).slice(0, this.params.players);
    if (players.length < this.params.players) return;
    this.next(new Map(players.map((p) => [p, record()])), fixtures(players));
  }

  on_join(player_id: string) {
    if (!this.ctx.get_state()) return this.on_init();
    this.ctx.post("bot", { text: `The league has begun without ${player_id}.` });
  }

  private next(table: Table, rest: Pair[], news: object = {}, playoff = false): void {
    if (rest.length > 0) {
      return this.ask({ table: [...table], fixtures: rest, shown: {}, playoff }, news);
    }
    const best = Math.max(...[...table.values()].map(({ points }) => points));
    const leaders = [...table].filter(([, { points }]) => points === best).map(([p]) => p);
    if (leaders.length > 1 && !playoff) {
      return this.next(table, fixtures(leaders), { ...news, playoff: leaders }, true);
    }
    const result = { winners: leaders, standings: standings(table) };
    this.ctx.post("bot", { type: "game_end", ...news, ...result });
    this.ctx.end(result);
  }

  private ask(state: State, news: object = {}) {
    const [[home, away]] = state.fixtures as [Pair];
    this.ctx.set_state(state);
    this.ctx.post("bot", {
      ...news,
      type: "match",
      now: {
        may: [home, away].filter((p) => !(p in state.shown)).map((player) => ({ player })),
        players: state.table.map(([p]) => p),
        position: {
          match: `${home} (wants even) v ${away} (wants odd)`,
          standings: standings(new Map(state.table)),
          left: state.fixtures.length,
        },
        legal_moves: [1, 2, 3, 4, 5].map((value) => ({ action: "show", value })),
      },
    });
  }

  on_message({ kind, sender, body }: Message) {
    const state: State | null = this.ctx.get_state();
    if (!state || kind !== "user") return;
    const [[home, away], ...rest] = state.fixtures as [Pair, ...Pair[]];
    const no = (text: string) =>
      this.ctx.post("bot", { type: "violation", player: sender, text }, { to: [sender] });
    if (sender !== home && sender !== away) return no(`${home} plays ${away} now.`);
    if (sender in state.shown) return no("You have shown a number already.");
    const { action, value } = body;
    if (action !== "show" || typeof value !== "number" || ![1, 2, 3, 4, 5].includes(value)) {
      return no("Show a number from 1 to 5.");
    }
    const shown = { ...state.shown, [sender]: value };
    const [a, b] = [shown[home], shown[away]];
    if (!a || !b) return this.ask({ ...state, shown });
    const table: Table = new Map(state.table);
    const [winner, loser] = (a + b) % 2 === 0 ? [home, away] : [away, home];
    const w = table.get(winner)!, l = table.get(loser)!;
    table.set(winner, { played: w.played + 1, won: w.won + 1, points: w.points + a + b });
    table.set(loser, { ...l, played: l.played + 1 });
    const last = `${home} ${a} : ${b} ${away}, ${winner} wins`;
    this.next(table, rest, { last }, state.playoff);
  }

  on_leave(player_id: string) {
    const state: State | null = this.ctx.get_state();
    if (!state) return;
    const table: Table = new Map(state.table);
    if (!table.delete(player_id)) return;
    if (table.size < 2) return this.ctx.end({ winners: [], standings: standings(table) });
    const current = state.fixtures[0]!.includes(player_id);
    const rest = state.fixtures.filter((pair) => !pair.includes(player_id));
    if (current) return this.next(table, rest, { left: player_id }, state.playoff);
    this.ask({ ...state, table: [...table], fixtures: rest }, { left: player_id });
  }
}

function standings(table: Table): string[] {
  return [...table].sort(([a, x], [b, y]) => y.points - x.points || a.localeCompare(b))
    .map(([player, { played, won, points }], i) =>
      `${i + 1}. ${player} ${played}/${won} ${points}`
    );
}
