/** A player that knows no game. It does what the `next` of its last answer says, with a legal move
 *  that the answer names, and remembers nothing else. It has the habits of real models. */
import type { Wire } from "../support/player.ts";

/** What a player needs of its client. */
export interface Tools {
  listTools(): Promise<Wire[]>;
  /** The unchanged result. */
  raw(name: string, args: Record<string, unknown>): Promise<Wire>;
}

/** What models do to their arguments, and to calls whose answers were lost. */
export interface Habits {
  /** Arguments that are not set are sent as null. */
  sendsNulls?: true;
  /** Numbers are sent as text. */
  writesNumbers?: true;
  /** The invite is sent with the sentence in which it came. */
  pastesSentences?: true;
  /** Every other call is made twice, because its answer was lost. */
  repeats?: true;
  /** Every other cursor is that of another channel. */
  mixesCursors?: true;
  /** Moves name the turn that they answer. */
  namesTurns?: true;
  /** Moves wait for the next turn, if `next` says so. */
  waitsInMoves?: true;
}

/** Two models with different habits. */
export const MODELS: readonly [Habits, Habits] = [
  { sendsNulls: true, writesNumbers: true, mixesCursors: true },
  { pastesSentences: true, repeats: true, sendsNulls: true, namesTurns: true },
];

/** A call that `next` asks for: after "call", or as the first word of a sentence. */
const STEP =
  /(?:^|[.:] |\b[Cc]all )(wait_for_turn|make_game_move|post_message|sync_messages)\b(?:(?:,| with) cursor (\d+))?/;
const MOST_CALLS = 100;

export class NaivePlayer {
  readonly #tools: Tools;
  readonly #habits: Habits;
  #argumentsOf = new Map<string, string[]>();
  #calls = 0;
  channel_id = "";

  constructor(tools: Tools, habits: Habits) {
    this.#tools = tools;
    this.#habits = habits;
  }

  async join(invite: string): Promise<Wire> {
    for (const { name, inputSchema } of await this.#tools.listTools()) {
      this.#argumentsOf.set(name, Object.keys(inputSchema.properties));
    }
    const invite_code = this.#habits.pastesSentences
      ? `Join my game! Your invite is: \`${invite}\`. See you there.`
      : invite;
    const joined = await this.call("join_channel", { invite_code });
    this.channel_id = joined.channel_id;
    return joined;
  }

  /** Follows `next` from an answer on, until it asks for nothing more. Returns the last answer. */
  async playOn(answer: Wire): Promise<Wire> {
    while (this.#calls < MOST_CALLS) {
      const [, name, cursor] = STEP.exec(answer.next) ?? [];
      if (name === undefined) return answer;
      answer = name === "make_game_move"
        ? await this.move(answer)
        : await this.call(name, { cursor: cursor === undefined ? undefined : Number(cursor) });
    }
    throw new Error(`the game never ended: ${answer.next}`);
  }

  /** Plays from where things stand, and gives the game up after so many calls. */
  async playFor(calls: number): Promise<void> {
    const most = this.#calls + calls;
    let answer = await this.call("wait_for_turn", {});
    while (this.#calls < MOST_CALLS) {
      const [, name] = STEP.exec(answer.next) ?? [];
      if (name === undefined) return;
      const { game } = answer;
      if (name !== "make_game_move") answer = await this.call(name, {});
      else if (this.#calls < most) answer = await this.move(answer);
      else answer = await this.call(name, { game, action: "concede", wait_ms: 10_000 });
    }
    throw new Error(`the game never ended: ${answer.next}`);
  }

  /** Does what the `next` of an event says, without waiting for anything. Returns whether that was
   *  the last one. */
  async wake(data: Wire): Promise<boolean> {
    const [, name] = STEP.exec(data.next) ?? [];
    if (name === "make_game_move") await this.move(data);
    return name === undefined;
  }

  /** Makes one of the legal moves that an answer names, another one each time. */
  async move({ next, game, legal_moves, answers, cursor }: Wire): Promise<Wire> {
    if (!legal_moves?.length) throw new Error(`no legal move with: ${next}`);
    return await this.call("make_game_move", {
      ...legal_moves[this.#calls % legal_moves.length],
      ...{ game, cursor },
      ...this.#habits.namesTurns && { answers },
      ...this.#habits.waitsInMoves && { wait_ms: Number(/wait_ms (\d+)/.exec(next)![1]) },
    });
  }

  /** Calls a tool as models do. Returns what a model reads of the answer. */
  async call(name: string, args: Record<string, unknown>): Promise<Wire> {
    const { repeats, mixesCursors } = this.#habits;
    const isOdd = this.#calls++ % 2 === 1;
    const sent: Record<string, unknown> = { ...this.channel_id && { channel_id: this.channel_id } };
    for (const [key, value] of Object.entries(args)) if (value !== undefined) sent[key] = value;
    if (mixesCursors && isOdd && "cursor" in sent) sent.cursor = 123_456;
    if (repeats && isOdd) await this.#answer(name, sent);
    return await this.#answer(name, sent);
  }

  /** Corrects what a refusal complains of, once. */
  async #answer(name: string, sent: Record<string, unknown>): Promise<Wire> {
    const { content: [{ text }], isError } = await this.#tools.raw(
      name,
      this.#written(name, sent),
    );
    if (!isError) return JSON.parse(text);
    const right = /^INVALID_REQUEST: cursor: .+ Pass (\d+)/.exec(text);
    if (right === null) throw new Error(text);
    return await this.#answer(name, { ...sent, cursor: Number(right[1]) });
  }

  #written(name: string, sent: Record<string, unknown>): Record<string, unknown> {
    const { sendsNulls, writesNumbers } = this.#habits;
    const names = sendsNulls ? this.#argumentsOf.get(name)! : [];
    const entries = [...names.map((key) => [key, null] as const), ...Object.entries(sent)];
    return Object.fromEntries(
      entries.map(([key, value]) => [
        key,
        writesNumbers && typeof value === "number" ? `${value}` : value,
      ]),
    );
  }
}
