/**
 * MemoryExchange: two sides ask each other one question and get one answer each, both at once or neither.
 * Questions and answers come as private messages; an answer is shown to nobody until both are in, and either side
 * may withdraw before that.
 *
 * params: topic. The two sides are the first two who agree.
 * Moves: make_game_move game "exchange", action "agree" or "withdraw", or these texts. Questions and answers:
 *        post_message with `to` = [your own player id] and the body "question: ..." or "answer: ...".
 */

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
}

/** Bytes of JSON: two of each have to fit the bot's state, one of each a post. */
const MOST = { question: 3_000, answer: 11_000 };

export default class MemoryExchange {
  static manifest = {
    summary: "Two sides swap one question and one answer each: both are released together, or none",
    emits: ["prompt", "agreed", "received", "question", "answer", "released", "withdrawn"],
    params: { topic: "" },
    net: [],
  };

  #state: State;
  #topic: string;
  #posts: { kind: "bot" | "control"; body: Record<string, unknown>; to?: string[] | undefined }[] =
    [];

  constructor(private ctx: BotContext, params: Record<string, unknown>) {
    this.#topic = String(params.topic ?? "").slice(0, 500);
    const saved = ctx.get_state() as State | null;
    this.#state = saved ?? { phase: "agreeing", sides: [], question: {}, answer: {} };
  }

  on_init() {
    this.#say({
      type: "prompt",
      topic: this.#topic,
      text:
        "Two sides exchange one question and one answer each. First both agree. Then each sends a question and, " +
        "when it has read the other's, an answer, as private messages to itself. Answers are released to the other " +
        "side when both are in, in one step. Until then either side may withdraw, and no answer is released.",
    });
    this.#finish();
  }

  on_message(msg: Message) {
    const move = msg.kind === "user" ? moveOf(msg.body) : null;
    if (!move || this.#state.phase === "over") return;
    const wrong = this.#act(move, msg);
    if (wrong) {
      const [reason, details] = wrong;
      this.#posts = [];
      this.#say({ type: "violation", player: msg.sender, reason, details });
    }
    this.#finish();
  }

  /** Whoever goes has withdrawn. */
  on_leave(player_id: string) {
    const { phase, sides } = this.#state;
    if (phase === "over" || !sides.includes(player_id)) return;
    this.#withdraw(player_id);
    this.#finish();
  }

  /** Does what a move says, or returns why not. */
  #act({ action, text }: Move, msg: Message): [reason: string, details: string] | undefined {
    const { phase, sides } = this.#state;
    if (action === "agree") return this.#agree(msg.sender);
    if (!sides.includes(msg.sender)) {
      return ["NOT_A_SIDE", 'Say "agree" first, if there is a place.'];
    }
    if (action === "withdraw") return this.#withdraw(msg.sender);
    const due = phase === "asking" ? "question" : phase === "answering" ? "answer" : null;
    if (action !== due) {
      return ["NOT_NOW", due ? `It is time for the ${due}s.` : "Both sides must agree first."];
    }
    if (msg.to?.length !== 1 || msg.to[0] !== msg.sender) {
      const how = `post_message with to: ["${msg.sender}"]`;
      return ["NOT_PRIVATE", `This was not taken: others can read it. Send it with ${how}.`];
    }
    if (text === "" || jsonBytes(text) > MOST[action]) {
      return ["BAD_LENGTH", `A text of 1 to ${MOST[action]} bytes is needed.`];
    }
    this.#state[action][msg.sender] = { text, entry: msg.id };
    this.#say({ type: "received", what: action, from: msg.sender, entry: msg.id });
    if (sides.every((side) => this.#state[action][side])) this.#release(action);
  }

  #agree(player: string): [reason: string, details: string] | undefined {
    const { sides } = this.#state;
    if (sides.includes(player)) return ["ALREADY_AGREED", "You have agreed."];
    if (sides.length === 2) return ["NO_PLACE", "The two sides are others."];
    sides.push(player);
    if (sides.length === 2) this.#state.phase = "asking";
    const { display_name } = this.ctx.players().find(({ player_id }) => player_id === player) ??
      { display_name: player };
    this.#say({ type: "agreed", player, name: display_name, sides });
  }

  /** Shows each side what the other has sent: both posts are committed together. */
  #release(what: What) {
    const { sides, question } = this.#state;
    for (const from of sides) {
      const to = sides.filter((side) => side !== from);
      const said = this.#state[what][from]!;
      const asked = what === "answer" ? { question: question[to[0]!]!.text } : {};
      this.#say({ type: what, from, ...asked, ...said }, to);
    }
    this.#state.phase = what === "question" ? "answering" : "over";
    if (what === "question") return;
    this.#say({ type: "released", sides });
    this.#end({ released: true, sides });
  }

  /** Ends the exchange; before both have agreed there is none yet. */
  #withdraw(player: string): undefined {
    this.#say({ type: "withdrawn", player, text: "No answer was released, and none will be." });
    if (this.#state.phase === "agreeing") this.#state.sides = [];
    else this.#end({ released: false, withdrawn_by: player });
  }

  /** Nothing that was sent is kept. */
  #end(result: Record<string, unknown>) {
    this.#state = { phase: "over", sides: this.#state.sides, question: {}, answer: {} };
    this.ctx.end(result);
  }

  #say(body: Record<string, unknown>, to?: string[]) {
    const kind = body.type === "violation" ? "control" : "bot";
    this.#posts.push({ kind, body, to });
  }

  /** Every post of a hook tells what comes next. */
  #finish() {
    this.ctx.set_state(this.#state);
    const next = this.#next();
    for (const { kind, body, to } of this.#posts) this.ctx.post(kind, { ...body, next }, { to });
  }

  #next(): string {
    const { phase, sides } = this.#state;
    if (phase === "over") return "The exchange is over.";
    if (phase === "agreeing") return 'make_game_move game "exchange", action "agree"';
    const what: What = phase === "asking" ? "question" : "answer";
    const missing = sides.filter((side) => !this.#state[what][side]);
    return missing.map((side) => `${side}: post_message to ["${side}"], "${what}: ..."`).join(
      "; ",
    ) +
      '; or action "withdraw"';
  }
}

interface Move {
  action: "agree" | "withdraw" | What;
  text: string;
}

/** From make_game_move, from a body such as { type: "answer", text } or from a text; null when it is none of them. */
function moveOf(body: Record<string, unknown>): Move | null {
  const { type, game, action, value, text } = body;
  if (type === "move" && game === "exchange") return moveFrom(action, value);
  if (type === "question" || type === "answer") return moveFrom(type, text);
  const said = /^\s*(?:(agree|withdraw)|(question|answer)\s*:\s*(.*))\s*$/is.exec(
    String(text ?? ""),
  );
  return said && moveFrom((said[1] ?? said[2])!.toLowerCase(), said[3]);
}

function moveFrom(action: unknown, text: unknown): Move | null {
  const known = action === "agree" || action === "withdraw" || action === "question" ||
    action === "answer";
  return known ? { action, text: typeof text === "string" ? text.trim() : "" } : null;
}

function jsonBytes(text: string): number {
  return new TextEncoder().encode(JSON.stringify(text)).length;
}
