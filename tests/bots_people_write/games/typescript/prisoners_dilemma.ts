/// <reference path="./bot.d.ts" />

/**
 * The iterated prisoner's dilemma.
 *
 * Both players secretly send "cooperate" or "defect" to the referee in every round. When both
 * choices are in, they are announced together and points are handed out. After the last round the
 * player with more points wins.
 */

type Choice = "cooperate" | "defect";

const PAYOFF: Record<Choice, Record<Choice, [number, number]>> = {
  cooperate: { cooperate: [3, 3], defect: [0, 5] },
  defect: { cooperate: [5, 0], defect: [1, 1] },
};

interface Match {
  players: [string, string];
  round: number;
  choices: Partial<Record<string, Choice>>;
  points: Record<string, number>;
  history: string[];
}

function isChoice(value: unknown): value is Choice {
  return value === "cooperate" || value === "defect";
}

export default class PrisonersDilemma {
  static manifest: BotManifest = {
    summary: "Iterated prisoner's dilemma with choices that only the referee reads",
    net: [],
    private: true,
    confidential: true,
    params: {
      type: "object",
      properties: { rounds: { type: "integer", minimum: 1, maximum: 100, default: 6 } },
    },
    moves: {
      game: "prisoners",
      actions: { cooperate: { private: true }, defect: { private: true } },
    },
  };

  private readonly ctx: BotContext;
  private readonly rounds: number;

  constructor(ctx: BotContext, params: { rounds: number }) {
    this.ctx = ctx;
    this.rounds = params.rounds;
  }

  private get match(): Match | null {
    return this.ctx.get_state() as Match | null;
  }

  on_join(player_id: string): void {
    if (this.match === null) {
      this.on_init();
      return;
    }
    this.ctx.post("bot", { text: `${player_id} watches.` });
  }

  on_init(): void {
    const ids = this.ctx.players().map((player) => player.player_id);
    if (ids.length < 2) {
      this.ctx.post("bot", { text: "Waiting for a second prisoner." });
      return;
    }
    const [first, second] = ids as [string, string];
    this.ctx.post("bot", { type: "game_start", players: [first, second] });
    this.announce({
      players: [first, second],
      round: 1,
      choices: {},
      points: { [first]: 0, [second]: 0 },
      history: [],
    });
  }

  on_message(msg: Message): void {
    const match = this.match;
    if (msg.kind !== "user" || match === null) return;
    const { sender, body } = msg;
    if (!match.players.includes(sender)) {
      this.violation(sender, "You are not one of the two prisoners.");
      return;
    }
    if (match.choices[sender] !== undefined) {
      this.violation(sender, "You have chosen already; wait for the other one.");
      return;
    }
    const choice = body.type === "move" ? body.action : undefined;
    if (!isChoice(choice)) {
      this.violation(
        sender,
        "Choose cooperate or defect, by make_game_move, so that nobody else reads it.",
      );
      return;
    }
    match.choices[sender] = choice;
    const [a, b] = match.players;
    const [first, second] = [match.choices[a], match.choices[b]];
    if (first === undefined || second === undefined) {
      this.announce(match);
      return;
    }
    const [forA, forB] = PAYOFF[first][second];
    match.points[a]! += forA;
    match.points[b]! += forB;
    match.history = [...match.history, `${first[0]}${second[0]}`].slice(-10);
    this.ctx.post("bot", {
      type: "round",
      round: match.round,
      choices: { [a]: first, [b]: second },
      points: match.points,
    });
    if (match.round === this.rounds) {
      this.finish(match);
      return;
    }
    this.announce({ ...match, round: match.round + 1, choices: {} });
  }

  on_leave(player_id: string, reason: string): void {
    const match = this.match;
    if (match === null || !match.players.includes(player_id)) return;
    const winner = reason === "left" ? match.players.find((id) => id !== player_id) : null;
    this.ctx.end({ winner, reason: `${player_id} ${reason}` });
  }

  private announce(match: Match): void {
    this.ctx.set_state(match);
    const waiting = match.players.filter((id) => match.choices[id] === undefined);
    this.ctx.post("bot", {
      type: "bot:turn",
      players: waiting,
      position: {
        round: match.round,
        of: this.rounds,
        points: match.points,
        history: match.history,
      },
      legal_moves: [{ action: "cooperate" }, { action: "defect" }],
      text: `Round ${match.round} of ${this.rounds}: cooperate or defect?`,
    });
  }

  private finish({ players: [a, b], points }: Match): void {
    const winner = points[a]! === points[b]! ? null : points[a]! > points[b]! ? a : b;
    this.ctx.post("bot", { type: "game_end", winner, points });
    this.ctx.end({ winner, points });
  }

  private violation(player: string, text: string): void {
    this.ctx.post("bot", { type: "violation", player, text }, { to: [player] });
  }
}
