export default class Keeper {
  constructor(ctx) {
    this.ctx = ctx;
  }
  on_message(msg) {
    if (msg.kind === "user") {
      this.ctx.post("bot", { first: this.ctx.env.API_KEY.slice(0, 1), luck: Math.random() });
    }
  }
}
