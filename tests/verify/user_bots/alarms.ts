export default class Alarms {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const { wake } = msg.body as { wake?: number };
    if (wake === undefined) return this.ctx.post("bot", { type: "awake" });
    this.ctx.set_timer("first", wake);
    this.ctx.set_timer("again", 60_000);
    this.ctx.set_timer("again", wake + 1);
    this.ctx.set_timer("never", 1_000_000);
    this.ctx.set_timer("cleared", wake);
    this.ctx.clear_timer("cleared");
  }
  on_timer(name: string) {
    const rung = [...((this.ctx.get_state() as string[] | null) ?? []), name];
    this.ctx.set_state(rung);
    this.ctx.post("bot", { type: `woke ${name}`, rung, at: new Date().toISOString() });
    if (name === "first") this.ctx.set_timer("third", 0);
  }
}
