/// <reference path="./bot.d.ts" />
// An escrow desk for points between two parties. The first to come (the buyer) deposits, the second
// (the seller) delivers, the buyer releases or disputes; a dispute is split; the deadline refunds.

type Deal = { buyer: string; seller: string } & Stage;
type Stage =
  | { state: "offered" }
  | { state: "funded"; amount: number }
  | { state: "delivered"; amount: number; proof: string }
  | { state: "disputed"; amount: number; proof: string; claim: number };

type Outcome = "cancelled" | "refunded" | "released" | "split";
type Closed = { outcome: Outcome; to_buyer: number; to_seller: number };
type Event = { by: "buyer" | "seller"; action: unknown; value: unknown };

const isWhole = (value: unknown, min: number, max: number): value is number =>
  Number.isInteger(value) && Number(value) >= min && Number(value) <= max;

const closed = (outcome: Outcome, amount: number, to_buyer: number): Closed => ({
  outcome,
  to_buyer,
  to_seller: amount - to_buyer,
});

const WHO = { offered: "buyer", funded: "seller", delivered: "buyer", disputed: "seller" } as const;
const MOST = 1_000_000;

/** Stage and event in; the next stage, the closing, or why it can't be. */
function reduce(stage: Stage, { by, action, value }: Event): Stage | Closed | string {
  if (by !== WHO[stage.state]) return `It is for the ${WHO[stage.state]} to say what comes next.`;
  switch (stage.state) {
    case "offered":
      if (action === "cancel") return closed("cancelled", 0, 0);
      if (action === "deposit" && isWhole(value, 1, MOST)) {
        return { state: "funded", amount: value };
      }
      return `Deposit a whole number from 1 to ${MOST}, or cancel.`;
    case "funded": {
      const { amount } = stage;
      if (action === "cancel") return closed("refunded", amount, amount);
      if (action === "deliver" && typeof value === "string" && /\S/.test(value)) {
        if (value.length <= 500) return { state: "delivered", amount, proof: value };
      }
      return "Say what you deliver, in up to 500 characters, or cancel.";
    }
    case "delivered": {
      const { amount } = stage;
      if (action === "release") return closed("released", amount, 0);
      if (action === "dispute" && isWhole(value, 0, amount)) {
        return { ...stage, state: "disputed", claim: value };
      }
      return `Release the money, or dispute a part of it, from 0 to ${amount}.`;
    }
    case "disputed":
      if (action === "accept") return closed("split", stage.amount, stage.claim);
      if (action === "refuse") return closed("split", stage.amount, Math.floor(stage.amount / 2));
      return "Accept the claim, or refuse it and split in halves.";
  }
}

/** Silence after a delivery is consent; anything else goes back. */
function atDeadline(stage: Stage): Closed {
  switch (stage.state) {
    case "offered":
      return closed("cancelled", 0, 0);
    case "funded":
      return closed("refunded", stage.amount, stage.amount);
    case "delivered":
      return closed("released", stage.amount, 0);
    case "disputed":
      return closed("split", stage.amount, stage.claim);
  }
}

function help(stage: Stage): TurnHelp {
  switch (stage.state) {
    case "offered":
      return {
        legal_moves: [{ action: "deposit", value: 100 }, { action: "cancel" }],
        ranges: { deposit: { min: 1, max: MOST } },
      };
    case "funded":
      return { legal_moves: [{ action: "deliver", value: "Here it is." }, { action: "cancel" }] };
    case "delivered":
      return {
        legal_moves: [{ action: "release" }, { action: "dispute", value: stage.amount }],
        ranges: { dispute: { min: 0, max: stage.amount } },
      };
    case "disputed":
      return { legal_moves: [{ action: "accept" }, { action: "refuse" }] };
  }
}

export default class EscrowDesk {
  static manifest: BotManifest = {
    summary: "Keeps a deposit until both sides are content, or the deadline is over",
    net: [],
    moves: {
      game: "escrow",
      actions: {
        deposit: { value: { type: "integer", minimum: 1, maximum: 1_000_000 } },
        deliver: { value: "<text>" },
        release: {},
        dispute: { value: "<whole number>" },
        accept: {},
        refuse: {},
        cancel: {},
      },
    },
    params: {
      type: "object",
      properties: { days: { type: "number", exclusiveMinimum: 0, maximum: 30, default: 3 } },
    },
  };

  constructor(private ctx: BotContext, private params: { days: number }) {}

  on_init() {
    const [buyer, seller] = this.ctx.players();
    if (buyer === undefined || seller === undefined) return;
    this.go({ state: "offered", buyer: buyer.player_id, seller: seller.player_id });
  }

  on_join() {
    if (this.ctx.get_state() === null) this.on_init();
  }

  on_message({ sender, kind, body }: Message) {
    const deal: Deal | null = this.ctx.get_state();
    if (kind !== "user" || deal === null) return;
    const by = sender === deal.buyer ? "buyer" : sender === deal.seller ? "seller" : null;
    if (by === null) return this.refuse(sender, "This deal is between others.");
    const next = reduce(deal, { by, action: body.action, value: body.value });
    if (typeof next === "string") return this.refuse(sender, next);
    if ("outcome" in next) return this.close(next);
    this.go({ ...next, buyer: deal.buyer, seller: deal.seller });
  }

  on_timer() {
    this.close(atDeadline(this.ctx.get_state()!));
  }

  on_leave(player_id: string) {
    const deal: Deal | null = this.ctx.get_state();
    if (deal && [deal.buyer, deal.seller].includes(player_id)) this.close(atDeadline(deal));
  }

  private go(deal: Deal) {
    const ms = Math.ceil(this.params.days * 24 * 60 * 60 * 1000);
    this.ctx.set_state(deal);
    this.ctx.set_timer("deadline", ms);
    this.ctx.post(
      "bot",
      {
        type: "bot:turn",
        player: deal[WHO[deal.state]],
        players: [deal.buyer, deal.seller],
        position: deal,
        deadline: new Date(Date.now() + ms).toISOString(),
        ...help(deal),
      } satisfies TurnPost,
    );
  }

  private close(result: Closed) {
    this.ctx.post("bot", { type: "game_end", ...result });
    this.ctx.end(result);
  }

  private refuse(player: string, text: string) {
    this.ctx.post("bot", { type: "violation", player, text });
  }
}
