/// <reference path="./bot.d.ts" />
/** A poll that closes by time or when all have voted; a vote may be changed until then. */
export default class Poll {
  static manifest = {
    summary: "A poll among the members, open for a while",
    net: [],
    params: {
      type: "object",
      required: ["question"],
      properties: {
        question: { type: "string", minLength: 1, maxLength: 200 },
        options: {
          type: "array",
          items: { type: "string", maxLength: 40 },
          minItems: 2,
          maxItems: 8,
          uniqueItems: true,
          default: ["yes", "no"],
        },
        minutes: { type: "number", minimum: 1, maximum: 10080, default: 60 },
        secret: { type: "boolean", default: false },
      },
    },
    moves: { game: "poll", actions: { vote: { value: "<text>", text: "vote" }, close: {} } },
  };

  #votes() {
    return new Map(this.ctx.get_state()?.votes ?? []);
  }

  on_init() {
    const { question, options, minutes } = this.params;
    this.ctx.set_timer("close", minutes * 60_000);
    this.ctx.set_timer("reminder", minutes * 30_000);
    this.ctx.post("bot", {
      type: "poll",
      question,
      options,
      closes: new Date(Date.now() + minutes * 60_000).toISOString(),
    });
  }

  #options = () =>
    Object.fromEntries(this.params.options.map((option, i) => [option.toLowerCase(), i]));

  on_message({ sender, kind, body }) {
    if (kind !== "user") return;
    if (body.action === "close") return this.#close();
    const said = body.type === "move"
      ? body.value
      : typeof body.text === "string"
      ? body.text.replace(/^vote /, "")
      : null;
    const choice = this.#options()[typeof said === "object" ? "" : `${said}`.toLowerCase()];
    if (choice === undefined) {
      if (body.type === "move") {
        this.ctx.post("bot", {
          type: "violation",
          player: sender,
          text: `Vote for one of: ${this.params.options.join(", ")}`,
        });
      }
      return;
    }
    const votes = this.#votes().set(sender, choice);
    this.ctx.set_state({ votes: [...votes] });
    this.ctx.post("bot", {
      type: "vote",
      voted: votes.size,
      ...(!this.params.secret && { by: sender, for: this.params.options[choice] }),
    });
    if (this.ctx.players().every(({ player_id }) => votes.has(player_id))) this.#close();
  }

  on_leave(player_id) {
    const votes = this.#votes();
    if (votes.delete(player_id)) this.ctx.set_state({ votes: [...votes] });
  }

  on_timer(name) {
    if (name === "close") return this.#close();
    const votes = this.#votes();
    const missing = this.ctx.players().map((p) => p.player_id).filter((p) => !votes.has(p));
    this.ctx.post("bot", { type: "reminder", text: `${missing.join(", ")}: please vote.` });
  }

  #close() {
    const counts = Object.groupBy(this.#votes().values(), (choice) => this.params.options[choice]);
    const tally = Object.fromEntries(
      this.params.options.map((option) => [option, counts[option]?.length ?? 0]),
    );
    const most = Math.max(...Object.values(tally));
    this.ctx.end({
      tally,
      winners: most === 0 ? [] : this.params.options.filter((option) => tally[option] === most),
    });
  }
}
