/** What a referee of one's own begins with: a whole game, as short as one can be. */
import type { BotLanguage } from "../../domain/bot/bot.ts";

const TYPESCRIPT = `// Each player draws once. Whoever draws the highest number wins.
class HighCard {
  static manifest = {
    summary: "Each player draws once, and the highest number wins",
    net: [],
    moves: { game: "highcard", actions: { draw: { text: "draw" } } },
    params: {
      type: "object",
      properties: { players: { type: "integer", minimum: 2, maximum: 8, default: 2 } },
    },
  };

  constructor(private ctx: BotContext, private params: { players: number }) {}

  on_init() {
    this.ctx.set_state({ drawn: {} });
  }

  on_join(player: string) {
    const players = this.ctx.players().map(({ player_id }) => player_id);
    if (players.length === this.params.players) this.turn(players[0]);
  }

  on_message(msg: Message) {
    if (msg.kind !== "user" || msg.body.action !== "draw") return;
    const { drawn } = this.ctx.get_state() as { drawn: Record<string, number> };
    const players = this.ctx.players().map(({ player_id }) => player_id);
    const next = players.filter((id) => !(id in drawn));
    if (players.length < this.params.players || next[0] !== msg.sender) {
      this.ctx.post("control", { type: "violation", player: msg.sender, text: "Not your turn." });
      return;
    }
    drawn[msg.sender] = 1 + Math.floor(Math.random() * 100);
    this.ctx.set_state({ drawn });
    this.ctx.post("bot", { type: "judge", text: \`\${msg.sender} draws \${drawn[msg.sender]}.\` });
    if (next.length > 1) return this.turn(next[1]);
    const best = Math.max(...Object.values(drawn));
    const winners = players.filter((id) => drawn[id] === best);
    this.ctx.post("control", { type: "game_end", result: "won", winners });
    this.ctx.end({ winners });
  }

  private turn(player: string) {
    const legal_moves = [{ action: "draw" }];
    this.ctx.post("control", { type: "bot:turn", player, legal_moves });
  }
}
`;

const PYTHON = `# Each player draws once. Whoever draws the highest number wins.
import random


class HighCard:
    manifest = {
        "summary": "Each player draws once, and the highest number wins",
        "net": [],
        "moves": {"game": "highcard", "actions": {"draw": {"text": "draw"}}},
        "params": {
            "type": "object",
            "properties": {
                "players": {"type": "integer", "minimum": 2, "maximum": 8, "default": 2},
            },
        },
    }

    def __init__(self, ctx, params):
        self.ctx = ctx
        self.params = params

    def on_init(self):
        self.ctx.set_state({"drawn": {}})

    def on_join(self, player):
        players = [each["player_id"] for each in self.ctx.players()]
        if len(players) == self.params["players"]:
            self.turn(players[0])

    def on_message(self, msg):
        if msg["kind"] != "user" or msg["body"].get("action") != "draw":
            return
        drawn = self.ctx.get_state()["drawn"]
        sender = msg["sender"]
        players = [each["player_id"] for each in self.ctx.players()]
        left = [each for each in players if each not in drawn]
        if len(players) < self.params["players"] or sender not in left[:1]:
            self.ctx.post("control", {
                "type": "violation", "player": sender, "text": "Not your turn.",
            })
            return
        drawn[sender] = random.randint(1, 100)
        self.ctx.set_state({"drawn": drawn})
        self.ctx.post("bot", {"type": "judge", "text": f"{sender} draws {drawn[sender]}."})
        if len(left) > 1:
            return self.turn(left[1])
        best = max(drawn.values())
        winners = [each for each in players if drawn.get(each) == best]
        self.ctx.post("control", {"type": "game_end", "result": "won", "winners": winners})
        self.ctx.end({"winners": winners})

    def turn(self, player):
        self.ctx.post("control", {
            "type": "bot:turn", "player": player, "legal_moves": [{"action": "draw"}],
        })
`;

export function templateIn(language: BotLanguage): string {
  return language === "python" ? PYTHON : TYPESCRIPT;
}
