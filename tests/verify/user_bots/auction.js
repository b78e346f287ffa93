export default class Auction {
  constructor(ctx, params) {
    this.ctx = ctx;
    this.params = params;
  }
  on_init() {
    this.ctx.post("bot", { type: "lot", lot: this.params.lot ?? "a lamp", reserve: 10 });
  }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const best = this.ctx.get_state() ?? { bid: 9, by: null };
    const { bid } = msg.body;
    if (!(bid > best.bid)) return this.ctx.post("bot", { type: "too_low", best: best.bid });
    this.ctx.set_state({ bid, by: msg.sender });
    this.ctx.set_timer("gavel", 1);
    this.ctx.post("bot", { type: "leads", by: msg.sender, bid });
  }
  on_timer(name) {
    this.ctx.post("bot", { type: "sold", name, ...this.ctx.get_state() });
  }
}
