/** Answers everything, other bots and itself being told of, until the chain is cut. */
export default class Chatterbox {
  constructor(ctx) {
    this.ctx = ctx;
  }
  on_message({ id, sender, kind }) {
    this.ctx.post("bot", { heard: id, sender, kind, luck: Math.random() < 0.5 });
  }
}
