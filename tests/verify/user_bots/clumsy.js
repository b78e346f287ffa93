export default class Clumsy {
  constructor(ctx) {
    this.ctx = ctx;
  }
  on_message(msg) {
    if (msg.kind !== "user") return;
    this.ctx.set_state((this.ctx.get_state() ?? 0) + 1);
    this.ctx.post("bot", { type: "still_here", count: this.ctx.get_state() });
    switch (msg.body.trip) {
      case "throw":
        throw new RangeError(`tripped at ${Math.random()}`);
      case "text":
        throw "only a text";
      case "undefined":
        return msg.body.nothing.at.all;
      case "loop":
        for (;;);
      case "memory":
        for (const all = [];;) all.push(new Uint8Array(1_000_000).fill(1));
      case "stack":
        return this.on_message(msg);
      case "wait":
        return new Promise(() => {});
      case "late":
        return Promise.resolve().then(() => {
          throw new Error("too late");
        });
      case "cycle": {
        const cycle = {};
        cycle.self = cycle;
        return this.ctx.post("bot", cycle);
      }
      case "many":
        for (let i = 0; i < 40; i++) this.ctx.post("bot", { i });
    }
  }
}
