/// <reference path="./bot.d.ts" />
import { GAME_ACTIONS, GAME_PARAMS, GameReferee, Illegal, shuffled } from "lib:game";

const WORDS = `apple bridge candle desert engine forest garden hammer island jacket kettle ladder
mirror needle orange pencil quarry rabbit saddle tunnel umbrella valley window yellow zebra anchor
basket castle dragon emerald feather guitar`.split(/\s+/);

type Colour = "red" | "blue" | "grey" | "black";
type Card = { word: string; colour: Colour; open: boolean };
type Team = "red" | "blue";
interface Table {
  cards: Card[];
  teams: Record<Team, { spy: string; agent: string }>;
  on: Team;
  clue: { word: string; number: number; left: number } | null;
  lost: { team: Team; why: string } | null;
}

const other = (team: Team): Team => team === "red" ? "blue" : "red";
const colours: Colour[] = [
  ...Array<Colour>(6).fill("red"),
  ...Array<Colour>(5).fill("blue"),
  ...Array<Colour>(4).fill("grey"),
  "black",
];

export default class CodeWords extends GameReferee {
  static manifest: BotManifest = {
    summary:
      "Two teams of a spymaster and an agent: clues of one word, sixteen cards, one assassin",
    net: [],
    moves: {
      game: "codewords",
      actions: {
        clue: {
          value: {
            type: "object",
            properties: {
              word: { type: "string" },
              number: { type: "integer", minimum: 1, maximum: 9 },
            },
            required: ["word", "number"],
          },
        },
        pick: { value: "<word>", text: "pick apple" },
        stop: {},
        ...GAME_ACTIONS,
      },
    },
    params: { type: "object", properties: { ...GAME_PARAMS } },
  };
  override seats = 4;
  override handBytes = 512;

  override setup([a, b, c, d]: string[]): Table {
    const words = shuffled(WORDS).slice(0, 16);
    const key = shuffled(colours);
    return {
      cards: words.map((word, i) => ({ word, colour: key[i]!, open: false })),
      teams: { red: { spy: a!, agent: c! }, blue: { spy: b!, agent: d! } },
      on: "red",
      clue: null,
      lost: null,
    };
  }

  override commitment({ cards }: Table) {
    return Object.fromEntries(cards.map(({ word, colour }) => [word, colour]));
  }

  override turn({ teams, on, clue }: Table) {
    return [clue ? teams[on].agent : teams[on].spy];
  }

  override play(table: Table, _player: string, { action, value }: LegalMove) {
    const { cards, on, clue } = table;
    if (!clue) {
      const { word, number } = Object(value) as { word?: unknown; number?: unknown };
      const fits = action === "clue" && typeof word === "string" && /^[a-z]{2,20}$/i.test(word) &&
        Number.isInteger(number) && Number(number) >= 1 && Number(number) <= 9;
      if (!fits || cards.some((card) => !card.open && card.word === word.toLowerCase())) {
        throw new Illegal(
          "Give a clue { word, number }: one word that is not on the table, and 1 to 9.",
        );
      }
      table.clue = { word, number: Number(number), left: Number(number) + 1 };
      return;
    }
    if (action === "stop") {
      if (clue.left === clue.number + 1) throw new Illegal("Pick at least one card.");
      return this.#pass(table);
    }
    const word = typeof value === "string" ? value.toLowerCase() : "";
    const card = cards.find((each) => each.word === word && !each.open);
    if (action !== "pick" || !card) throw new Illegal("Pick a card that is still closed, or stop.");
    card.open = true;
    clue.left--;
    if (card.colour === "black") table.lost = { team: on, why: "met the assassin" };
    else if (card.colour !== on || clue.left === 0) this.#pass(table);
  }

  #pass(table: Table) {
    table.on = other(table.on);
    table.clue = null;
  }

  override result({ cards, teams, lost }: Table) {
    const done = (["red", "blue"] as const)
      .find((team) => cards.every((card) => card.colour !== team || card.open));
    const won = lost ? other(lost.team) : done;
    if (!won) return null;
    const [winners, losers] = [Object.values(teams[won]), Object.values(teams[other(won)])];
    return {
      result: "won",
      winners,
      ranking: [winners, losers],
      text: lost ? `Team ${lost.team} ${lost.why}.` : `Team ${won} found all its words.`,
    };
  }

  override drop(table: Table, player: string) {
    // A team of one can't go on: the other team wins.
    const team = Object.values(table.teams.red).includes(player) ? "red" : "blue";
    table.lost = { team, why: `can't go on without ${player}` };
  }

  override position({ cards, on, clue, teams }: Table) {
    return {
      closed: cards.filter((card) => !card.open).map(({ word }) => word),
      open: Object.fromEntries(cards.filter((card) => card.open).map((c) => [c.word, c.colour])),
      team: on,
      clue,
      teams,
    };
  }

  override picture({ cards }: Table) {
    return cards.map(({ word, colour, open }) => open ? `[${word}: ${colour}]` : word).join("\n");
  }

  override hand(table: Table, player: string) {
    const { red, blue } = table.teams;
    return player === red.spy || player === blue.spy ? { key: this.commitment(table) } : {};
  }

  override legal({ cards, clue }: Table): LegalMove[] {
    const closed = cards.filter((card) => !card.open);
    if (!clue) {
      return [1, 2, 3].map((number) => ({ action: "clue", value: { word: "hint", number } }));
    }
    const picks = closed.map(({ word }) => ({ action: "pick", value: word }));
    return clue.left === clue.number + 1 ? picks : [...picks, { action: "stop" }];
  }
}
