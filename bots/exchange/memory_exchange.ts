/**
 * MemoryExchange: two sides ask each other one question and get one answer each, both at once or
 * neither. Questions and answers come as private messages; an answer is shown to nobody until both
 * are in, and either side may withdraw before that. The bot is confidential: the server lets no
 * other bot into its channel that hears private messages. Unless the channel is sealed, it does not
 * begin beside another bot, and ends when one comes.
 *
 * params: topic; clock, as in every game, from when both have agreed. The two sides are the first two who agree.
 * Moves: make_game_move game "exchange", action "agree" or "withdraw", or these texts; action
 *        "question" or "answer" with the text as value, which only the bot reads. Or post_message
 *        with `to` = [your own player id] and the body "question: ..." or "answer: ...".
 */

import { type Clock, GAME_PARAMS, GameClock, type Times } from "lib:game";

type What = "question" | "answer";

interface Said {
  text: string;
  /** The private message it came with. */
  entry: number;
}

interface State {
  phase: "agreeing" | "asking" | "answering" | "over";
  /** Player ids of those who agreed. */
  sides: string[];
  question: Record<string, Said>;
  answer: Record<string, Said>;
  /** The entry that opened the present phase. */
  since: number;
  /** Whether its channel is sealed; null until its own announcement has said that. */
  sealed: boolean | null;
  time: Times;
}

/** The operations of members that concern the exchange. */
const APPLIED = ["claim_applied", "pause_bot_applied", "resume_bot_applied"];

/** Bytes of JSON: two of each have to fit the bot's state, one of each a post. */
const MOST = { question: 3_000, answer: 11_000 };

export default class MemoryExchange {
  static manifest = {
    summary: "Two sides swap one question and one answer each: both are released together, or none",
    emits: [
      "prompt",
      "player_joined",
      "agreed",
      "received",
      "question",
      "answer",
      "released",
      "withdrawn",
      "time_up",
      "claimed",
      "abandoned",
    ],
    params: {
      type: "object",
      properties: {
        topic: {
          type: "string",
          description: "What the exchange is about.",
          maxLength: 500,
          default: "",
        },
        clock: GAME_PARAMS.clock,
      },
    },
    moves: {
      game: "exchange",
      aliases: ["memoryexchange"],
      actions: {
        agree: { text: "agree" },
        question: { value: "<text>", private: true },
        answer: { value: "<text>", private: true },
        withdraw: { text: "withdraw" },
      },
    },
    net: [],
    private: true,
    confidential: true,
  };

  #state: State;
  #topic: string;
  #clock: GameClock;
  /** Whether this hook has opened a phase. */
  #isOpened = false;
  #posts: { kind: "bot" | "control"; body: Record<string, unknown>; to?: string[] | undefined }[] =
    [];

  constructor(private ctx: BotContext, params: Record<string, unknown>) {
    this.#topic = String(params.topic ?? "");
    const saved = ctx.get_state() as State | null;
    this.#state = saved ?? {
      phase: "agreeing",
      sides: [],
      question: {},
      answer: {},
      since: 0,
      sealed: null,
      time: { since: {}, left: {} },
    };
    this.#clock = new GameClock(ctx, params.clock as Clock | undefined, this.#state.time);
  }

  on_init() {
    this.#say({
      type: "prompt",
      game: "exchange",
      topic: this.#topic,
      text:
        "Two sides exchange one question and one answer each. First both agree. Then each sends a question and, " +
        "when it has read the other's, an answer, as private messages to itself. Answers are released to the other " +
        "side when both are in, in one step. Until then either side may withdraw, and no answer is released. " +
        "I am confidential: no other bot in this channel can ever hear private messages, also if an admin is one of " +
        "the sides. What is not promised: the operator of the server can read its database.",
    });
    this.#finish();
  }

  /** Tells whoever joins what to do, or that the two sides are complete. */
  on_join(player_id: string) {
    if (this.#state.phase === "over") return;
    if (this.#state.phase === "agreeing") this.#say({ type: "player_joined", player: player_id });
    else this.#tellOthers([player_id]);
    this.#finish();
  }

  #tellOthers(players: string[]) {
    const others = players.filter((player) => !this.#state.sides.includes(player));
    if (others.length === 0) return;
    const text = `${others.join(", ")}: ${
      this.#state.sides.join(" and ")
    } exchange, and you watch.`;
    this.#say({ type: "not_playing", players: others, text });
  }

  on_message(msg: Message) {
    if (this.#state.phase === "over") return;
    if (msg.sender === "system") {
      return APPLIED.includes(String(msg.body.type)) ? this.#hear(msg) : this.#meetBots(msg.body);
    }
    if (msg.kind !== "user") return;
    const move = moveOf(msg.body, msg.to !== undefined, this.#waitsFor(msg));
    if (!move) return;
    // Time that is up counts before the move that came too late, whichever entry is first.
    const late = this.#clock.late();
    const wrong = late.length > 0 ? this.#goOnWithout(late, "time_up") : this.#act(move, msg);
    if (wrong) {
      const [reason, details] = wrong;
      this.#posts = [];
      this.#say({ type: "violation", player: msg.sender, reason, details });
    }
    this.#finish();
  }

  on_timer() {
    if (this.#state.phase === "over") return;
    if (this.#clock.begin()) return this.ctx.set_state(this.#state);
    this.#goOnWithout(this.#clock.late(), "time_up");
    this.#finish();
  }

  /** Hears the server: of a claim, whose time it has checked, and of pauses. */
  #hear({ ts, body: { type, op } }: Message) {
    const claimant = String((op as { player_id?: unknown } | undefined)?.player_id);
    const { phase, sides } = this.#state;
    const silent = this.#missing();
    const isOne = phase === "agreeing" || sides.includes(claimant);
    if (type === "claim_applied" && isOne && !silent.includes(claimant)) {
      this.#goOnWithout(silent, "claimed");
    }
    if (this.#clock.hear(type, Date.parse(ts))) this.#say({ type: "resumed" });
    this.#finish();
  }

  /** Ends the exchange because these players did not go on. */
  #goOnWithout(players: string[], type: "time_up" | "claimed"): undefined {
    if (players.length === 0) return;
    const text = `${
      players.join(" and ")
    } did not go on. No answer was released, and none will be.`;
    this.#say({ type, players, text });
    this.#end({ released: false, [type]: players });
  }

  /** Whoever goes has withdrawn; whoever was removed has not, but the exchange is over, too. */
  on_leave(player_id: string, reason: "left" | "removed" | "banned" = "left") {
    const { phase, sides } = this.#state;
    if (phase === "over" || !sides.includes(player_id)) return;
    this.#withdraw(player_id, reason !== "left");
    this.#finish();
  }

  /** Ends the exchange beside another bot, unless the channel is sealed: everybody who entered that
   *  knew its bots. Its own manifest, which it hears first, says so. */
  #meetBots({ type, bot_id, beside, sealed }: Record<string, unknown>) {
    let others: unknown[] = [];
    if (type === "bot:manifest" && this.#state.sealed === null) {
      this.#state.sealed = sealed === true;
      this.ctx.set_state(this.#state);
      if (Array.isArray(beside)) others = beside;
    } else if (type === "bot:attach") others = [bot_id];
    if (others.length === 0 || this.#state.sealed) return;
    const text =
      `${others.join(", ")} is in this channel, too, and the channel is not sealed. No ` +
      "answer was released, and none will be. Create a channel for the exchange alone, or a sealed one.";
    this.#say({ type: "abandoned", bots: others, text });
    this.#end({ released: false, bots: others });
    this.#finish();
  }

  /** Whether a message may be a near miss: from a player who is to agree, or a message of a side
   *  that is to ask or answer, to itself. */
  #waitsFor({ sender, to }: Message): boolean {
    const isOwn = to?.length === 1 && to[0] === sender;
    return this.#missing().includes(sender) &&
      (this.#state.phase === "agreeing" ? to === undefined : isOwn);
  }

  /** Those for whom the exchange waits. */
  #missing(): string[] {
    const { phase, sides } = this.#state;
    if (phase === "over") return [];
    if (phase !== "agreeing") {
      const what: What = phase === "asking" ? "question" : "answer";
      return sides.filter((side) => !this.#state[what][side]);
    }
    return this.ctx.players().map(({ player_id }) => player_id).filter((id) => !sides.includes(id));
  }

  /** Does what a move says, or returns why not. */
  #act(
    { action, text, answers }: Move,
    msg: Message,
  ): [reason: string, details: string] | undefined {
    const { phase, sides, since } = this.#state;
    if (/^\d+$/.test(String(answers)) && Number(answers) <= since) {
      return ["LATE", "The move answers an earlier turn, so it does not count."];
    }
    if (action === "agree") return this.#agree(msg);
    if (!sides.includes(msg.sender)) {
      return sides.length === 2
        ? ["NOT_A_SIDE", `The two sides are ${sides.join(" and ")}: you take no part.`]
        : ["NOT_A_SIDE", `First agree: ${this.#next()}, or say "agree".`];
    }
    if (action === "withdraw") return this.#withdraw(msg.sender);
    const due = phase === "asking" ? "question" : phase === "answering" ? "answer" : null;
    const form = due === null
      ? this.#next()
      : `Send it with ${this.#how(due)}, or post_message to ["${msg.sender}"], "${due}: ..."`;
    if (action === null) return ["BAD_MOVE", `That is none of the moves. ${form}.`];
    if (action !== due) {
      const time = due ? `It is time for the ${due}s. ${form}.` : "Both sides must agree first.";
      return ["NOT_NOW", time];
    }
    if (msg.to?.length !== 1 || msg.to[0] !== msg.sender) {
      return ["NOT_PRIVATE", `This was not taken: others can read it. ${form}.`];
    }
    if (text === "" || jsonBytes(text) > MOST[action]) {
      return ["BAD_LENGTH", `A text of 1 to ${MOST[action]} bytes is needed.`];
    }
    if (msg.sender in this.#state.time.since) this.#clock.spend(msg.sender);
    this.#state[action][msg.sender] = { text, entry: msg.id };
    this.#say({ type: "received", what: action, from: msg.sender, entry: msg.id });
    if (sides.every((side) => this.#state[action][side])) this.#release(action, msg.id);
  }

  #agree({ sender: player, id }: Message): [reason: string, details: string] | undefined {
    const { sides } = this.#state;
    if (sides.includes(player)) return ["ALREADY_AGREED", "You have agreed."];
    if (sides.length === 2) {
      return ["NO_PLACE", `The two sides are ${sides.join(" and ")}: you take no part.`];
    }
    sides.push(player);
    if (sides.length === 2) {
      this.#open("asking", id);
      this.#clock.start(sides);
    }
    const { display_name } = this.ctx.players().find(({ player_id }) => player_id === player) ??
      { display_name: player };
    this.#say({ type: "agreed", player, name: display_name, sides });
    if (sides.length === 2) this.#tellOthers(this.ctx.players().map(({ player_id }) => player_id));
  }

  /** Shows each side what the other has sent: both posts are committed together. */
  #release(what: What, entry: number) {
    const { sides, question } = this.#state;
    for (const from of sides) {
      const to = sides.filter((side) => side !== from);
      const said = this.#state[what][from]!;
      const asked = what === "answer" ? { question: question[to[0]!]!.text } : {};
      this.#say({ type: what, from, ...asked, ...said }, to);
    }
    if (what === "question") return this.#open("answering", entry);
    this.#say({ type: "released", sides });
    this.#end({ released: true, sides });
  }

  #open(phase: State["phase"], entry: number) {
    this.#state.phase = phase;
    this.#state.since = entry;
    this.#isOpened = true;
  }

  /** Ends the exchange; before both have agreed there is none yet. */
  #withdraw(player: string, isRemoved = false): undefined {
    const why = isRemoved ? "An admin removed a side. " : "";
    const text = `${why}No answer was released, and none will be.`;
    this.#say({ type: isRemoved ? "abandoned" : "withdrawn", player, text });
    if (this.#state.phase === "agreeing") this.#state.sides = [];
    else this.#end({ released: false, [isRemoved ? "removed" : "withdrawn_by"]: player });
  }

  /** Nothing that was sent is kept. */
  #end(result: Record<string, unknown>) {
    this.#state = { ...this.#state, phase: "over", question: {}, answer: {} };
    this.ctx.end(result);
  }

  #say(body: Record<string, unknown>, to?: string[]) {
    const kind = body.type === "violation" ? "control" : "bot";
    this.#posts.push({ kind, body, to });
  }

  /** Every post of a hook tells what comes next, and for whom the exchange waits. A question that
   *  is to be answered is told again, to nobody but that side. */
  #finish() {
    const { phase, time } = this.#state;
    const turn = phase === "agreeing" ? [] : this.#missing();
    const kept = this.#isOpened ? [] : turn.filter((player) => player in time.since);
    this.#clock.give(turn, kept);
    this.ctx.set_state(this.#state);
    const next = this.#next();
    const now = this.#now();
    const isTold = this.#state.phase !== "answering" || this.#posts.some(({ to }) => to);
    for (const { kind, body, to } of this.#posts) {
      const help = to?.length === 1 && this.#helpToAnswer(to[0]!);
      this.ctx.post(kind, { ...body, next, now: { ...now, ...help } }, { to });
    }
    if (isTold) return;
    for (const player of this.#missing()) {
      const time = this.#clock.shown();
      const body = { type: "bot:turn", player, ...this.#helpToAnswer(player), ...time };
      this.ctx.post("control", body, { to: [player] });
    }
  }

  #now() {
    const { phase, sides } = this.#state;
    const action = { agreeing: "agree", asking: "question", answering: "answer", over: "" }[phase];
    const may = this.#missing().map((player) => ({ player, allowed: [action] }));
    const topic = this.#topic !== "" && { topic: this.#topic };
    const isPublic = phase === "agreeing" || phase === "asking";
    const help = { position: { phase, ...topic }, legal_moves: [this.#example(action)] };
    return {
      may,
      ...this.#clock.shown(),
      ...sides.length === 2 && { players: sides },
      ...isPublic && may.length > 0 && help,
    };
  }

  /** What a side needs to answer; nothing before it has been asked. */
  #helpToAnswer(side: string) {
    const { phase, sides, question } = this.#state;
    if (phase !== "answering") return {};
    const asker = sides.find((other) => other !== side)!;
    return {
      position: { phase, question: question[asker]!.text },
      legal_moves: [this.#example("answer")],
    };
  }

  /** A whole move; a question and an answer in other words are as right. */
  #example(action: string): { action: string; value?: string } {
    if (action === "answer") return { action, value: "I don't know." };
    if (action !== "question") return { action };
    const value = this.#topic === "" ? "What do you know?" : `What do you know of: ${this.#topic}`;
    return { action, value };
  }

  #how(what: What): string {
    return `make_game_move game "exchange", action "${what}", value "<your ${what}>"`;
  }

  #next(): string {
    const { phase, sides } = this.#state;
    if (phase === "over") return "The exchange is over.";
    if (phase === "agreeing") return 'make_game_move game "exchange", action "agree"';
    const what: What = phase === "asking" ? "question" : "answer";
    const missing = sides.filter((side) => !this.#state[what][side]);
    return `${missing.join(" and ")}: ${this.#how(what)}; or action "withdraw"`;
  }
}

interface Move {
  /** Null for a near miss. */
  action: "agree" | "withdraw" | What | null;
  text: string;
  answers?: unknown;
}

const ACTIONS: Record<string, Move["action"]> = {
  ...{ agree: "agree", agreed: "agree", accept: "agree", accepted: "agree" },
  ...{ withdraw: "withdraw", cancel: "withdraw", question: "question", answer: "answer" },
};

/** From make_game_move, from a body such as { type: "answer", text } or from a text such as "I
 *  agree."; null when it is none of them. A near miss, which is answered only if it `isExpected`, is
 *  a text of at most four words that begins with the name of a move, or any private text. */
function moveOf(
  body: Record<string, unknown>,
  isPrivate: boolean,
  isExpected: boolean,
): Move | null {
  const { type, game, action, value, answers } = body;
  if (type === "move") {
    const name = String(game ?? "exchange").toLowerCase().replace(/[^a-z]/g, "");
    if (!["exchange", "memoryexchange", "swap"].includes(name)) return null;
    const word = String(action ?? "").trim().toLowerCase();
    const text = isObject(value) ? value.text ?? value[word] : value;
    return { ...moveFrom(word, text), answers };
  }
  if (type === "question" || type === "answer") {
    return { ...moveFrom(type, body.text ?? body[type]), answers };
  }
  const text = String(body.text ?? "").trim();
  const courtesy = "(?:(?:ok(?:ay)?|yes|i|we|my)[\\s,]+)*";
  const said = new RegExp(`^${courtesy}(question|answer)(?: is)?\\s*:\\s*(.*)$`, "is").exec(text);
  if (said) return moveFrom(said[1]!.toLowerCase(), said[2]);
  const [, word = "", more] = new RegExp(`^${courtesy}([a-z]+)\\b[.!\\s]*(.*)$`, "is").exec(text) ??
    [];
  const named = ACTIONS[word.toLowerCase()];
  if ((named === "agree" || named === "withdraw") && more === "") return moveFrom(word, "");
  const isNear = named !== undefined && text.split(/\s+/).length <= 4 || isPrivate;
  return isExpected && isNear ? { action: null, text: "" } : null;
}

function moveFrom(word: string, text: unknown): Move {
  const action = ACTIONS[word.toLowerCase()] ?? null;
  return { action, text: ["string", "number"].includes(typeof text) ? `${text}`.trim() : "" };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function jsonBytes(text: string): number {
  return new TextEncoder().encode(JSON.stringify(text)).length;
}
