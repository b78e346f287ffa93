export default class Dealer {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const deck = Array.from({ length: 52 }, (_, card) => card);
    for (let i = deck.length - 1; i > 0; i--) {
      const j = Math.floor(Math.random() * (i + 1));
      [deck[i], deck[j]] = [deck[j]!, deck[i]!];
    }
    for (const { player_id } of this.ctx.players()) {
      this.ctx.post("bot", { type: "hand", hand: deck.splice(0, 5) }, { to: [player_id] });
    }
    this.ctx.post("bot", { type: "dealt", left: deck.length, addressed: msg.to ?? null });
  }
}
