/** Posts for some players only, and players who leave. */
import { by, code, failed, leaves, posts, type Row, whisper } from "./row.ts";

/** What a failure says to somebody who named the players in another way. */
const NAMED = /to: \[|to=\[|\bto\b.*list|list.*\bto\b/;

export const WHISPERS: readonly Row[] = [
  {
    name: "a secret role for each player",
    language: "javascript",
    players: 3,
    source: code`
export default class Roles {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user" || msg.body.text !== "deal") return;
    const players = this.ctx.players();
    players.forEach((player, i) => {
      this.ctx.post("bot", { role: i === 1 ? "spy" : "citizen" }, { to: [player.player_id] });
    });
    this.ctx.post("bot", { text: "Roles are dealt." }, undefined);
  }
}
`,
    says: ["deal"],
    means: posts(
      whisper(["p1"], { role: "citizen" }),
      whisper(["p2"], { role: "spy" }),
      whisper(["p3"], { role: "citizen" }),
      "Roles are dealt.",
    ),
  },
  {
    name: "a list as the third argument of post",
    language: "javascript",
    players: 2,
    source: code`
export default class Whisperer {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    this.ctx.post("bot", { secret: 42 }, [msg.sender]);
  }
}
`,
    says: ["tell me"],
    means: posts(failed(NAMED, "secret: 42")),
  },
  {
    name: "a player id as the third argument of post",
    language: "javascript",
    players: 2,
    source: code`
export default class Whisperer {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    this.ctx.post("bot", { secret: 42 }, msg.sender);
  }
}
`,
    says: ["tell me"],
    means: posts(failed(NAMED, "secret: 42")),
  },
  {
    name: "To with a capital letter",
    language: "javascript",
    players: 2,
    source: code`
export default class Whisperer {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    this.ctx.post("bot", { secret: 42 }, { To: [msg.sender] });
  }
}
`,
    says: ["tell me"],
    means: posts(failed(NAMED, "secret: 42")),
  },
  {
    name: "players instead of to",
    language: "typescript",
    players: 2,
    source: code`
export default class Whisperer {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const options = { players: [msg.sender] } as any;
    this.ctx.post("bot", { secret: 42 }, options);
  }
}
`,
    says: ["tell me"],
    means: posts(failed(NAMED, "secret: 42")),
  },
  {
    name: "to with one id that is no list",
    language: "typescript",
    players: 2,
    source: code`
export default class Whisperer {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    this.ctx.post("bot", { secret: 42 }, { to: msg.sender as unknown as string[] });
  }
}
`,
    says: ["tell me"],
    means: posts(failed(NAMED, "secret: 42")),
  },
  {
    name: "a private flag instead of to",
    language: "typescript",
    players: 2,
    source: code`
type Options = { private?: boolean; recipient?: string };

export default class Whisperer {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const options: Options = { private: true, recipient: msg.sender };
    // @ts-ignore
    this.ctx.post("bot", { secret: 42 }, options);
  }
}
`,
    says: ["tell me"],
    means: posts(failed(NAMED, "secret: 42")),
  },
  {
    name: "a wrong third argument inside try is told to nobody",
    language: "javascript",
    players: 2,
    source: code`
export default class Cautious {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    try {
      this.ctx.post("bot", { secret: 42 }, [msg.sender]);
    } catch (error) {
      this.ctx.post("bot", { text: error.name });
    }
  }
}
`,
    says: ["tell me"],
    means: posts("TypeError"),
  },
  {
    name: "a list as the third argument of post",
    language: "python",
    players: 2,
    source: code`
class Whisperer:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        self.ctx.post('bot', {'secret': 42}, [msg['sender']])
`,
    says: ["tell me"],
    means: {
      posts: [whisper(["p1"], { secret: 42 })],
      or: posts(failed(/to=|positional/, "'secret': 42")),
    },
  },
  {
    name: "recipients instead of to",
    language: "python",
    players: 2,
    source: code`
class Whisperer:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        self.ctx.post('bot', {'secret': 42}, recipients=[msg['sender']])
`,
    says: ["tell me"],
    means: posts(failed(/recipients/, "'secret': 42")),
  },
  {
    name: "to with one id that is no list",
    language: "python",
    players: 2,
    source: code`
class Whisperer:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        self.ctx.post('bot', {'secret': 42}, to=msg['sender'])
`,
    says: ["tell me"],
    means: {
      posts: [failed(NAMED, "'secret': 42")],
      or: posts(whisper(["p1"], { secret: 42 })),
    },
  },
  {
    name: "a dict as options, as in JavaScript",
    language: "python",
    players: 2,
    source: code`
class Whisperer:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        self.ctx.post('bot', {'secret': 42}, {'to': [msg['sender']]})
`,
    says: ["tell me"],
    means: {
      posts: [failed(NAMED, "'secret': 42")],
      or: posts(whisper(["p1"], { secret: 42 })),
    },
  },
  {
    name: "to a set of players",
    language: "python",
    players: 3,
    source: code`
class Team:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        others = [p['player_id'] for p in self.ctx.players() if p['player_id'] != msg['sender']]
        self.ctx.post('bot', {'psst': msg['body']['text']}, to=others)
`,
    says: ["hide"],
    means: posts(whisper(["p2", "p3"], { psst: "hide" })),
  },
  {
    name: "a remembered player who has left",
    language: "javascript",
    players: 3,
    source: code`
export default class Team {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const team = this.ctx.get_state() ?? this.ctx.players().map((p) => p.player_id);
    this.ctx.set_state(team);
    this.ctx.post("bot", { tell: msg.body.text }, { to: team });
  }
}
`,
    says: ["first", leaves(3), "second"],
    means: posts(
      whisper(["p1", "p2", "p3"], { tell: "first" }),
      whisper(["p1", "p2"], { tell: "second" }),
    ),
  },
  {
    name: "a goodbye to the player who has left",
    language: "javascript",
    players: 2,
    source: code`
export default class Goodbye {
  constructor(ctx) { this.ctx = ctx; }
  on_leave(player_id) {
    try {
      this.ctx.post("bot", { text: "See you!" }, { to: [player_id] });
    } catch (e) {
      this.ctx.post("bot", { text: "could not say goodbye" });
    }
    this.ctx.post("bot", { text: player_id + " left" });
  }
}
`,
    says: [leaves(2), "still here"],
    means: posts("p2 left"),
  },
  {
    name: "hands of cards after one player has left",
    language: "typescript",
    players: 3,
    source: code`
type Hands = Record<string, number[]>;

export default class Cards {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const hands = (this.ctx.get_state() ?? this.deal()) as Hands;
    for (const [player, hand] of Object.entries(hands)) {
      hand.push(hand.length);
      this.ctx.post("bot", { hand }, { to: [player] });
    }
    this.ctx.set_state(hands);
  }
  private deal(): Hands {
    return Object.fromEntries(this.ctx.players().map(({ player_id }) => [player_id, [] as number[]]));
  }
}
`,
    says: ["deal", leaves(2), "again"],
    means: posts(
      whisper(["p1"], { hand: [0] }),
      whisper(["p2"], { hand: [0] }),
      whisper(["p3"], { hand: [0] }),
      whisper(["p1"], { hand: [0, 1] }),
      whisper(["p3"], { hand: [0, 1] }),
    ),
  },
  {
    name: "a timer that reminds a player who has left",
    language: "typescript",
    players: 2,
    source: code`
export default class Reminder {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    this.ctx.set_state({ player: msg.sender });
  }
  on_leave(player_id: string) {
    this.ctx.set_timer("remind", 5);
  }
  on_timer(name: string) {
    const { player } = this.ctx.get_state() as { player: string };
    this.ctx.post("bot", { text: "Your move!" }, { to: [player] });
    this.ctx.post("bot", { text: "The timer ran." });
  }
}
`,
    says: [by(2, "remind me"), leaves(2)],
    means: posts("The timer ran."),
  },
  {
    name: "a remembered player who has left",
    language: "python",
    players: 3,
    source: code`
class Team:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        team = self.ctx.get_state() or [p['player_id'] for p in self.ctx.players()]
        self.ctx.set_state(team)
        self.ctx.post('bot', {'tell': msg['body']['text']}, to=team)
`,
    says: ["first", leaves(2), "second"],
    means: posts(
      whisper(["p1", "p2", "p3"], { tell: "first" }),
      whisper(["p1", "p3"], { tell: "second" }),
    ),
  },
  {
    name: "a whisper to a player who has left, inside try",
    language: "python",
    players: 2,
    source: code`
class Polite:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_leave(self, player_id):
        try:
            self.ctx.post('bot', {'text': 'Bye'}, to=[player_id])
        except Exception as error:
            self.ctx.post('bot', {'error': str(error)})
        finally:
            self.ctx.post('bot', {'text': f'{player_id} left'})
`,
    says: [leaves(2)],
    means: posts("p2 left"),
  },
  {
    name: "sealed bids, told to each bidder",
    language: "python",
    players: 3,
    source: code`
class SealedBids:
    def __init__(self, ctx, params):
        self.ctx = ctx
        self.bids = ctx.get_state() or {}

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        if msg['body'].get('text') == 'close':
            best = max(self.bids.values())
            for player, bid in self.bids.items():
                self.ctx.post('bot', {'won': bid == best}, to=[player])
            self.ctx.post('bot', {'highest': best})
            return
        self.bids[msg['sender']] = int(msg['body']['text'])
        self.ctx.set_state(self.bids)
`,
    says: ["3", by(2, "9"), by(3, "5"), leaves(2), "close"],
    means: posts(
      whisper(["p1"], { won: false }),
      whisper(["p3"], { won: false }),
      { highest: 9 },
    ),
  },
  {
    name: "everyone but the one who spoke, through a helper",
    language: "typescript",
    players: 3,
    source: code`
type Body = Record<string, unknown>;

export default class Gossip {
  constructor(private ctx: BotContext) {}
  private tell(to: string[] | undefined, body: Body): void {
    this.ctx.post("bot", body, { to });
  }
  on_message({ kind, sender, body }: Message) {
    if (kind !== "user") return;
    const others = this.ctx.players().map((p) => p.player_id).filter((id) => id !== sender);
    this.tell(others, { rumour: body.text });
    this.tell(undefined, { text: "Somebody whispers." });
  }
}
`,
    says: [by(3, "she knows")],
    means: posts(whisper(["p1", "p2"], { rumour: "she knows" }), "Somebody whispers."),
  },
  {
    name: "an id that nobody ever had",
    language: "javascript",
    players: 2,
    source: code`
export default class Whisperer {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    this.ctx.post("bot", { secret: 42 }, { to: ["Alice"] });
  }
}
`,
    says: ["tell me"],
    means: posts(failed(/Alice|players\(\)/, "secret: 42")),
  },
  {
    name: "to with a Set",
    language: "javascript",
    players: 2,
    source: code`
export default class Whisperer {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    this.ctx.post("bot", { secret: 42 }, { to: new Set([msg.sender]) });
  }
}
`,
    says: ["tell me"],
    means: posts(failed(NAMED, "secret: 42")),
  },

  {
    name: "to that is null",
    language: "javascript",
    players: 2,
    source: code`
export default class Whisperer {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    this.ctx.post("bot", { secret: 42 }, { to: null });
  }
}
`,
    says: ["tell me"],
    means: posts(failed(NAMED, "secret: 42")),
  },

  {
    name: "true as the third argument",
    language: "typescript",
    players: 2,
    source: code`
export default class Whisperer {
  constructor(private ctx: any) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    this.ctx.post("bot", { secret: 42 }, true);
  }
}
`,
    says: ["tell me"],
    means: posts(failed(NAMED, "secret: 42")),
  },

  {
    name: "to with a player of players()",
    language: "typescript",
    players: 2,
    source: code`
export default class Whisperer {
  constructor(private ctx: any) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    this.ctx.post("bot", { secret: 42 }, { to: [this.ctx.players()[0]] });
  }
}
`,
    says: ["tell me"],
    means: posts(failed(NAMED, "secret: 42")),
  },

  {
    name: "recipients beside to",
    language: "typescript",
    players: 2,
    source: code`
export default class Whisperer {
  constructor(private ctx: any) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    this.ctx.post("bot", { secret: 42 }, { to: [msg.sender], recipients: ["p2"] });
  }
}
`,
    says: ["tell me"],
    means: {
      posts: [whisper(["p1"], { secret: 42 })],
      or: posts(failed(/recipients|to\b/, "secret: 42")),
    },
  },

  {
    name: "an empty object as the third argument",
    language: "javascript",
    players: 2,
    source: code`
export default class Whisperer {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    this.ctx.post("bot", { secret: 42 }, {});
  }
}
`,
    says: ["tell me"],
    means: { posts: [{ secret: 42 }], or: posts(failed(NAMED, "secret: 42")) },
  },

  {
    name: "to an empty list",
    language: "javascript",
    players: 2,
    source: code`
export default class Whisperer {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    this.ctx.post("bot", { secret: 42 }, { to: [] });
  }
}
`,
    says: ["tell me"],
    means: { posts: [], or: posts(failed(NAMED, "secret: 42")) },
  },

  {
    name: "an id twice",
    language: "javascript",
    players: 2,
    source: code`
export default class Whisperer {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    this.ctx.post("bot", { secret: 42 }, { to: [msg.sender, msg.sender] });
  }
}
`,
    says: ["tell me"],
    means: posts(whisper(["p1"], { secret: 42 })),
  },
];
