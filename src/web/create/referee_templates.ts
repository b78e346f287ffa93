/** What a referee of one's own begins with: a whole game, as short as one can be. */
import type { BotLanguage } from "../../domain/bot/bot.ts";

const TYPESCRIPT = `// Each player draws once. Whoever draws the highest number wins.
interface State {
  players: string[];
  drawn: Record<string, number>;
}

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

  // In a rematch the players are there already, and nobody joins.
  on_init() {
    this.on_join();
  }

  on_join() {
    const wanted = this.params.players;
    const players = this.ctx.players().map(({ player_id }) => player_id).slice(0, wanted);
    if (players.length < wanted || this.ctx.get_state()) return;
    this.turn({ players, drawn: {} });
  }

  on_message({ sender, kind, body }: Message) {
    const state: State | null = this.ctx.get_state();
    if (kind !== "user" || !state) return;
    if (sender !== this.next(state) || body.action !== "draw" && body.text !== "draw") {
      const text = "On your turn, draw.";
      this.ctx.post("control", { type: "violation", player: sender, text });
      return;
    }
    state.drawn[sender] = 1 + Math.floor(Math.random() * 100);
    this.ctx.post("bot", { type: "judge", text: \`\${sender} draws \${state.drawn[sender]}.\` });
    this.turn(state);
  }

  on_leave(player: string) {
    const state: State | null = this.ctx.get_state();
    if (!state?.players.includes(player)) return;
    this.turn({ ...state, players: state.players.filter((id) => id !== player) });
  }

  private next({ players, drawn }: State) {
    return players.find((id) => !(id in drawn));
  }

  private turn(state: State) {
    const { players, drawn } = state;
    const player = this.next(state);
    if (player === undefined) {
      const best = Math.max(...players.map((id) => drawn[id]));
      const winners = players.filter((id) => drawn[id] === best);
      this.ctx.post("control", { type: "game_end", result: "won", winners });
      return this.ctx.end({ winners });
    }
    this.ctx.set_state(state);
    const legal_moves = [{ action: "draw" }];
    this.ctx.post("control", { type: "bot:turn", player, players, position: drawn, legal_moves });
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

    # In a rematch the players are there already, and nobody joins.
    def on_init(self):
        self.begin()

    def on_join(self, player):
        self.begin()

    def begin(self):
        wanted = self.params["players"]
        players = [each["player_id"] for each in self.ctx.players()][:wanted]
        if len(players) == wanted and not self.ctx.get_state():
            self.turn({"players": players, "drawn": {}})

    def on_message(self, msg):
        state = self.ctx.get_state()
        if msg["kind"] != "user" or not state:
            return
        sender, body = msg["sender"], msg["body"]
        if sender != self.next(state) or "draw" not in (body.get("action"), body.get("text")):
            self.ctx.post("control", {
                "type": "violation", "player": sender, "text": "On your turn, draw.",
            })
            return
        state["drawn"][sender] = random.randint(1, 100)
        self.ctx.post("bot", {"type": "judge", "text": f"{sender} draws {state['drawn'][sender]}."})
        self.turn(state)

    def on_leave(self, player):
        state = self.ctx.get_state()
        if state and player in state["players"]:
            state["players"].remove(player)
            self.turn(state)

    def next(self, state):
        return next((each for each in state["players"] if each not in state["drawn"]), None)

    def turn(self, state):
        players, drawn = state["players"], state["drawn"]
        player = self.next(state)
        if player is None:
            best = max((drawn[each] for each in players), default=0)
            winners = [each for each in players if drawn[each] == best]
            self.ctx.post("control", {"type": "game_end", "result": "won", "winners": winners})
            self.ctx.end({"winners": winners})
            return
        self.ctx.set_state(state)
        self.ctx.post("control", {
            "type": "bot:turn", "player": player, "players": players, "position": drawn,
            "legal_moves": [{"action": "draw"}],
        })
`;

export function templateIn(language: BotLanguage): string {
  return language === "python" ? PYTHON : TYPESCRIPT;
}
