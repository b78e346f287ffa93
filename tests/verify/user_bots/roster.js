export default class Roster {
  constructor(ctx) {
    this.ctx = ctx;
  }
  #tell(type, player) {
    const log = [...(this.ctx.get_state() ?? []), [type, player]];
    this.ctx.set_state(log);
    this.ctx.post("bot", { type, player, seated: this.ctx.players(), log });
  }
  on_init() {
    this.#tell("here", null);
  }
  on_join(player) {
    this.#tell("came", player);
  }
  on_leave(player) {
    this.#tell("went", player);
  }
  on_message(msg) {
    if (msg.kind === "user") this.#tell("said", msg.sender);
  }
}
