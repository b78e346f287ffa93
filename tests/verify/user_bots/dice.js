export default class Dice {
  constructor(ctx) {
    this.ctx = ctx;
  }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const rolled = Array.from(
      { length: msg.body.dice ?? 1 },
      () => 1 + Math.floor(Math.random() * 6),
    );
    const bytes = crypto.getRandomValues(new Uint8Array(8));
    this.ctx.post("bot", { rolled, bytes: [...bytes], ticket: crypto.randomUUID() });
  }
}
