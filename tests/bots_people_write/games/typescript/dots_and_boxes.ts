/// <reference path="./bot.d.ts" />

interface Outcome {
  winner: string | null;
  scores: Record<string, number>;
}

abstract class TurnGame<S extends { players: string[] }, P extends { players: number }> {
  constructor(protected readonly ctx: BotContext, protected readonly params: P) {}

  protected abstract begin(players: string[]): S;
  protected abstract current(state: S): string;
  protected abstract moves(state: S): LegalMove[];
  protected abstract apply(state: S, move: LegalMove): S;
  protected abstract outcome(state: S): Outcome | undefined;
  protected abstract show(state: S): { position: Record<string, unknown>; view: BoardView };

  on_init() {
    const ids = this.ctx.players().map((p) => p.player_id);
    if (ids.length >= this.params.players) this.step(this.begin(ids.slice(0, this.params.players)));
  }

  on_join(player_id: string) {
    if (!this.ctx.get_state()) return this.on_init();
    this.ctx.post("bot", { text: `${player_id} is a spectator.` });
  }

  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const state: S | null = this.ctx.get_state();
    if (!state) return this.ctx.post("bot", { text: "The game has not begun." });
    const player = this.current(state);
    if (msg.sender !== player) return this.deny(msg.sender, `${player} is on the move.`);
    const wanted = JSON.stringify([msg.body.action, msg.body.value]);
    const move = this.moves(state).find((m) => JSON.stringify([m.action, m.value]) === wanted);
    if (!move) return this.deny(msg.sender, "No such move.");
    this.step(this.apply(state, move));
  }

  on_leave(player_id: string, reason: string) {
    const state: S | null = this.ctx.get_state();
    if (!state?.players.includes(player_id)) return;
    this.ctx.end({ abandoned_by: player_id, reason });
  }

  private deny(player: string, text: string) {
    this.ctx.post("control", { type: "violation", player, text });
  }

  private step(state: S): void {
    this.ctx.set_state(state);
    const outcome = this.outcome(state);
    if (outcome) {
      this.ctx.post("control", { type: "game_end", ...outcome, ...this.show(state) });
      return this.ctx.end(outcome);
    }
    this.ctx.post("control", {
      type: "bot:turn",
      player: this.current(state),
      players: state.players,
      ...this.show(state),
      legal_moves: this.moves(state).slice(0, 64),
    });
  }
}

interface Dots {
  players: string[];
  at: number;
  /** Edges that are drawn: "h12" goes right from dot (1, 2), "v12" down from it. */
  drawn: string[];
  boxes: Record<string, number>;
}

export default class DotsAndBoxes extends TurnGame<Dots, { players: number; size: number }> {
  static manifest: BotManifest = {
    summary: "Dots and boxes for two to four: close a box and move again",
    net: [],
    params: {
      type: "object",
      properties: {
        players: { type: "integer", minimum: 2, maximum: 4, default: 2 },
        size: { type: "integer", minimum: 1, maximum: 5, default: 3 },
      },
    },
    moves: { game: "dots", actions: { draw: { value: "<id>" } } },
  };

  protected begin(players: string[]): Dots {
    return { players, at: 0, drawn: [], boxes: {} };
  }

  protected current({ players, at }: Dots) {
    return players[at]!;
  }

  protected moves({ drawn }: Dots): LegalMove[] {
    const { size } = this.params;
    const edges: string[] = [];
    for (let y = 0; y <= size; y++) {
      for (let x = 0; x <= size; x++) {
        if (x < size) edges.push(`h${x}${y}`);
        if (y < size) edges.push(`v${x}${y}`);
      }
    }
    return edges.filter((edge) => !drawn.includes(edge))
      .map((value) => ({ action: "draw", value }));
  }

  protected apply(state: Dots, { value }: LegalMove): Dots {
    const drawn = [...state.drawn, value as string];
    const boxes = { ...state.boxes };
    let closed = 0;
    for (let y = 0; y < this.params.size; y++) {
      for (let x = 0; x < this.params.size; x++) {
        const around = [`h${x}${y}`, `h${x}${y + 1}`, `v${x}${y}`, `v${x + 1}${y}`];
        if (`${x}${y}` in boxes || !around.every((edge) => drawn.includes(edge))) continue;
        boxes[`${x}${y}`] = state.at;
        closed++;
      }
    }
    const at = closed > 0 ? state.at : (state.at + 1) % state.players.length;
    return { ...state, drawn, boxes, at };
  }

  private scores({ players, boxes }: Dots): Record<string, number> {
    const count = (i: number) => Object.values(boxes).filter((owner) => owner === i).length;
    return Object.fromEntries(players.map((p, i) => [p, count(i)]));
  }

  protected outcome(state: Dots) {
    if (Object.keys(state.boxes).length < this.params.size ** 2) return undefined;
    const scores = this.scores(state);
    const best = Math.max(...Object.values(scores));
    const winners = state.players.filter((p) => scores[p] === best);
    return { winner: winners.length === 1 ? winners[0]! : null, scores };
  }

  protected show(state: Dots) {
    const { size } = this.params;
    const rows: BoardCell[][] = [];
    for (let y = 0; y <= size; y++) {
      const dots: BoardCell[] = [], below: BoardCell[] = [];
      for (let x = 0; x <= size; x++) {
        dots.push("•");
        if (x < size) dots.push(this.edge(state, `h${x}${y}`, "—"));
        below.push(this.edge(state, `v${x}${y}`, "|"));
        if (x < size) below.push(state.players[state.boxes[`${x}${y}`] ?? -1] ?? "");
      }
      rows.push(dots);
      if (y < size) rows.push(below);
    }
    return {
      position: { drawn: state.drawn.join(" "), scores: this.scores(state), size },
      view: { kind: "grid", action: "draw", rows } satisfies BoardView,
    };
  }

  private edge({ drawn }: Dots, edge: string, sign: string): BoardCell {
    return drawn.includes(edge) ? { text: sign, marked: edge === drawn.at(-1) } : { move: edge };
  }
}
