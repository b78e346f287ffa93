/** What a game costs the context of a model that plays it: the bytes of the texts that it reads,
 *  and its calls, from its joining to the end. A referee's numbers and cards are random, so a game
 *  counts only if each player had exactly as many turns as its name says; others are played again.
 *  The figures are those of the player who paid more. Sizes vary by the digits and cards alone. */
import type { Figure } from "../figure.ts";
import { bytesOf, Model, type ModelDoor } from "../model.ts";

/** The endpoints at which a model may play. */
const DOORS: Record<ModelDoor, string> = { "2026": "/mcp", play: "/mcp/play" };

interface Move {
  action: string;
  value?: unknown;
}

interface Message {
  sender: string;
  body: Record<string, unknown>;
}

/** One game, as the players of the benchmark play it. */
interface Game {
  name: string;
  bot_preset: string;
  bot_params: Record<string, unknown>;
  game: string;
  /** The turns that each player has in a game that counts. */
  turns: number;
  tactics(): Tactics;
  target: { bytes: number; calls: number };
}

interface Tactics {
  /** Takes note of a message. */
  see(body: Message["body"]): void;
  /** The move of a player who may do these actions; null if it has made it already. */
  move(actions: readonly string[]): Move | null;
}

/** To halve 63 numbers takes six guesses in every second game: three of each player. */
const GUESSING: Game = {
  name: "guessing game, 3 moves each",
  bot_preset: "GuessBot",
  bot_params: { range: [1, 63] },
  game: "guess",
  turns: 3,
  tactics() {
    let [low, high, guessed] = [1, 63, 0];
    return {
      see({ result, guess }) {
        if (result === "low") low = Math.max(low, Number(guess) + 1);
        if (result === "high") high = Math.min(high, Number(guess) - 1);
      },
      move() {
        const value = Math.floor((low + high) / 2);
        if (value === guessed) return null;
        return { action: "guess", value: guessed = value };
      },
    };
  },
  target: { bytes: 3_999, calls: 5 },
};

/** Whoever stands at once has two turns a round, unless somebody has a blackjack. */
const BLACKJACK: Game = {
  name: "blackjack, 3 rounds",
  bot_preset: "BlackjackBot",
  bot_params: { rounds: 3 },
  game: "blackjack",
  turns: 6,
  tactics() {
    let [bets, stands] = [true, false];
    return {
      see({ type }) {
        if (type === "deal") [bets, stands] = [true, true];
      },
      move(actions) {
        if (bets && actions.includes("bet")) {
          bets = false;
          return { action: "bet", value: 10 };
        }
        if (!stands || !actions.includes("stand")) return null;
        stands = false;
        return { action: "stand" };
      },
    };
  },
  target: { bytes: 11_999, calls: 10 },
};

/** A model's seat in a channel. */
interface Seat {
  model: Model;
  channel_id: string;
  player_id: string;
}

/** Plays a whole game from a seat. Returns how many turns it had. */
type Play = (seat: Seat, game: Game) => Promise<number>;

const WAIT_MS = 20_000;
const MOST_GAMES = 40;
/** Messages of a kilobyte, more than the default page holds. */
const LONG_MESSAGES = 60;

export async function context({ url }: { url: URL }): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const game of [GUESSING, BLACKJACK]) {
    for (const door of ["2026", "play"] as const) {
      const name = `${game.name}, ${DOORS[door]}`;
      figures.push(...await gameFigures(url, name, game, door, woken, game.target));
    }
    figures.push(...await gameFigures(url, "  by sync_messages, /mcp", game, "2026", reading));
  }
  for (const single of [moving, arriving, listing]) {
    figures.push(...await single(url));
  }
  return figures;
}

async function gameFigures(
  url: URL,
  name: string,
  game: Game,
  door: ModelDoor,
  play: Play,
  target?: Game["target"],
): Promise<Figure[]> {
  const { bytes, calls } = await spentOn(url, door, game, play);
  return [
    { name, value: bytes, unit: "B", ...target && { target: { atMost: target.bytes } } },
    {
      name: "    calls",
      value: calls,
      unit: "",
      ...target && { target: { atMost: target.calls } },
    },
  ];
}

/** What the player who paid more paid for a game that counts. */
async function spentOn(url: URL, door: ModelDoor, game: Game, play: Play) {
  const { name, bot_preset, bot_params, turns } = game;
  for (let played = 0; played < MOST_GAMES; played++) {
    const seats = await seated(url, door, 2, { bot_preset, bot_params });
    const had = await Promise.all(seats.map((seat) => play(seat, game)));
    const models = seats.map(({ model }) => model);
    models.forEach((model) => model.close());
    if (had.some((count) => count !== turns)) continue;
    return {
      bytes: Math.max(...models.map(({ bytes }) => bytes)),
      calls: Math.max(...models.map(({ calls }) => calls)),
    };
  }
  throw new Error(`in ${MOST_GAMES} games of ${name} nobody had ${turns} turns`);
}

/** Seats models in a new channel. What they read to get there does not count. */
async function seated(
  url: URL,
  door: ModelDoor,
  count: number,
  create: Record<string, unknown>,
): Promise<Seat[]> {
  const host = await Model.at(url);
  const invited = Array.from({ length: count }, (_, i) => `invite:p${i}`);
  const { output: { channel_id, invites } } = await host.call<
    { channel_id: string; invites: string[] }
  >("create_channel", { name: "bench", slots: ["bot:referee", ...invited], ...create });
  host.close();
  const seats: Seat[] = [];
  for (const invite_code of invites) {
    const model = await Model.at(url, door);
    const { output } = await model.call<{ player_id: string }>("join_channel", { invite_code });
    model.forget();
    seats.push({ model, channel_id, player_id: output.player_id });
  }
  return seats;
}

interface Called {
  why: string;
  messages?: Message[];
  position?: unknown;
  legal_moves?: Move[];
  ranges?: Record<string, unknown>;
  answers?: number;
  cursor: number;
}

/** Plays as the server recommends it: waits for its turn once, and then makes moves that wait. */
async function woken({ model, channel_id }: Seat, { game, tactics }: Game): Promise<number> {
  const { see, move } = tactics();
  const wait = () => model.call<Called>("wait_for_turn", { channel_id, timeout_ms: WAIT_MS });
  let { output } = await wait();
  for (let turns = 0;;) {
    const { why, messages = [], legal_moves = [], answers } = output;
    messages.forEach(({ body }) => see(body));
    if (why === "over" || why === "closed") return turns;
    const made = why === "your_turn" ? move(legal_moves.map(({ action }) => action)) : null;
    if (made === null) {
      ({ output } = await wait());
      continue;
    }
    turns++;
    ({ output } = await model.call<Called>("make_game_move", {
      channel_id,
      game,
      ...made,
      ...answers !== undefined && { answers },
      wait_ms: WAIT_MS,
    }));
  }
}

/** Plays as one does who reads every message as it comes. */
async function reading({ model, channel_id, player_id }: Seat, { game, tactics }: Game) {
  const { see, move } = tactics();
  for (let cursor = 0, turns = 0;;) {
    const { output } = await model.call<{ messages: Message[]; cursor: number }>("sync_messages", {
      channel_id,
      cursor,
      timeout_ms: WAIT_MS,
    });
    cursor = output.cursor;
    let may: string[] = [];
    for (const { body } of output.messages) {
      see(body);
      if (body.type === "game_end") return turns;
      may = actionsIn(body, player_id) ?? may;
    }
    const made = may.length > 0 ? move(may) : null;
    if (made === null) continue;
    turns++;
    await model.call("make_game_move", { channel_id, game, ...made });
  }
}

/** What a referee's message lets a player do: nothing, if it lets others; undefined if it says
 *  nothing about turns. */
function actionsIn(
  { type, player, now }: Record<string, unknown>,
  player_id: string,
): string[] | undefined {
  const { may } = (now ?? {}) as {
    may?: { player: string; actions?: string[]; allowed?: string[] }[];
  };
  const mine = may?.find((each) => each.player === player_id);
  if (may) return mine?.actions ?? mine?.allowed ?? [];
  if (type === "bot:turn") return player === player_id ? ["guess"] : [];
}

/** What it costs to join, to wait in vain and to look around. */
async function arriving(url: URL): Promise<Figure[]> {
  const host = await Model.at(url);
  const { output: created } = await host.call<
    { channel_id: string; invites: string[]; bots: { bot_id: string }[] }
  >("create_channel", {
    name: "bench",
    slots: ["bot:referee", "invite:p0", "invite:p1"],
    bot_preset: "GuessBot",
  });
  const { channel_id, invites, bots: [bot] } = created;
  const joined = await host.call("join_channel", { invite_code: invites[0] });
  const code = await host.call<{ source: string }>("get_bot_code", {
    channel_id,
    bot_id: bot!.bot_id,
  });
  const source = bytesOf(JSON.stringify(code.output.source));
  const cursor = await cursorAfter(host, channel_id, "player_joined");
  const read = await host.call("sync_messages", { channel_id, cursor, timeout_ms: 0 });
  const waited = await host.call("wait_for_turn", { channel_id, cursor, timeout_ms: 1 });
  for (let i = 0; i < LONG_MESSAGES; i++) {
    await host.call("post_message", { channel_id, body: "a longer message, ".repeat(57) });
  }
  const page = await host.call("sync_messages", { channel_id, cursor });
  host.close();
  return [
    atMost("join_channel", joined.bytes, 899),
    atMost("an empty wait, wait_for_turn", waited.bytes, 99),
    atMost("an empty wait, sync_messages", read.bytes, 99),
    atMost("the first page of many messages", page.bytes, 24 * 1024),
    atMost("get_bot_code beside the source", code.bytes - source, 2_000),
  ];
}

/** The cursor of one who has read everything up to the first message of a type. */
async function cursorAfter(model: Model, channel_id: string, type: string): Promise<number> {
  for (let cursor = 0;;) {
    const { output } = await model.call<Called>("sync_messages", { channel_id, cursor });
    cursor = output.cursor;
    if (output.messages?.some(({ body }) => body.type === type)) return cursor;
  }
}

/** What a move's answer costs beside what the game says in it. */
async function moving(url: URL): Promise<Figure[]> {
  const bot_params = { players: 1, range: [1, 1_000_000_000] };
  const [seat] = await seated(url, "2026", 1, { bot_preset: "GuessBot", bot_params });
  const { model, channel_id } = seat!;
  const move = { channel_id, game: "guess", action: "guess" };
  const answered = await model.call("make_game_move", { ...move, value: 1 });
  const { bytes, output } = await model.call<Called>("make_game_move", {
    ...move,
    value: 2,
    wait_ms: WAIT_MS,
  });
  model.close();
  const { messages: _, position: __, legal_moves: ___, ranges: ____, ...beside } = output;
  return [
    atMost("a move's answer beside the game's words", bytesOf(beside), 119),
    { name: "  and the note on them", value: bytes - bytesOf(output), unit: "B" },
    atMost("a move's answer without waiting", answered.bytes, 119),
  ];
}

async function listing(url: URL): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [door, most] of [["2026", 19_999], ["play", 7_999]] as const) {
    const model = await Model.at(url, door);
    figures.push(atMost(`tools/list, ${DOORS[door]}`, await model.toolListBytes(), most));
    model.close();
  }
  return figures;
}

function atMost(name: string, value: number, most: number): Figure {
  return { name, value, unit: "B", target: { atMost: most } };
}
