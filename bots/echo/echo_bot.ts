/** Repeats what members say. The smallest bot that does something. */
export default class EchoBot {
  // Private, for it repeats whispers, too. Most bots need none: leave it out.
  static manifest = { summary: "Repeats what is said", net: [], private: true };
  constructor(private ctx: BotContext, private params: Record<string, unknown>) {}
  on_init() {
    this.ctx.post("system", { text: "Echo ready" });
  }
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    // What was said to some is repeated to them.
    this.ctx.post("bot", { echo: msg.body }, { to: msg.to && [...msg.to, msg.sender] });
  }
}
