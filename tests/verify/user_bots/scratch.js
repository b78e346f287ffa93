export default class Scratch {
  constructor(ctx) {
    this.ctx = ctx;
  }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const { workspace } = this.ctx;
    const before = workspace.list();
    workspace.write("note.txt", JSON.stringify(msg.body));
    workspace.write("noise.bin", crypto.getRandomValues(new Uint8Array(16)));
    this.ctx.post("bot", { before, files: workspace.list(), note: workspace.read("note.txt") });
  }
}
