import * as ed from "lib:noble-ed25519";

export default class Stamp {
  constructor(private ctx: BotContext) {}
  async on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const bytes = new TextEncoder().encode(JSON.stringify(msg.body));
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const key = crypto.getRandomValues(new Uint8Array(32));
    const signature = await ed.signAsync(bytes, key);
    const isGood = await ed.verifyAsync(signature, bytes, await ed.getPublicKeyAsync(key));
    this.ctx.post("bot", {
      digest: btoa(String.fromCharCode(...digest)),
      signature: [...signature],
      isGood,
    });
  }
}
