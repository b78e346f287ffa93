export default class Clock {
  constructor(ctx) {
    this.ctx = ctx;
  }
  async on_message(msg) {
    if (msg.kind !== "user") return;
    const begun = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 250));
    const order = [];
    await Promise.all(
      [30, 10, 20].map((ms) => new Promise((done) => setTimeout(() => done(order.push(ms)), ms))),
    );
    const last = this.ctx.get_state() ?? begun;
    this.ctx.set_state(Date.now());
    this.ctx.post("bot", {
      at: new Date().toISOString(),
      since: begun - last,
      day: new Date(msg.ts).getUTCDay(),
      order,
    });
  }
}
