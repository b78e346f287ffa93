export default class Ping {
  constructor(ctx) {
    this.ctx = ctx;
  }
  on_message(msg) {
    if (msg.kind === "user") this.ctx.post("bot", { ping: 0, spin: Math.random() });
    if (msg.body.pong < 5) this.ctx.post("bot", { ping: msg.body.pong + 1, spin: Math.random() });
  }
}
