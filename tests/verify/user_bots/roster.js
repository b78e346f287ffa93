export default class Roster {
  constructor(ctx) {
    this.ctx = ctx;
  }
  #tell(type, player, reason) {
    const log = [...(this.ctx.get_state() ?? []), [type, player, ...reason ? [reason] : []]];
    this.ctx.set_state(log);
    this.ctx.post("bot", { type, player, seated: this.ctx.players(), log });
  }
  on_init() {
    this.#tell("here", null);
  }
  on_join(player) {
    this.#tell("came", player);
  }
  on_leave(player, reason) {
    this.#tell("went", player, reason);
  }
  on_message(msg) {
    if (msg.kind === "user") this.#tell("said", msg.sender);
  }
}
