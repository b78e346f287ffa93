/// <reference path="./bot.d.ts" />
import { GAME_ACTIONS, GAME_PARAMS, GameReferee, Illegal, randomBelow } from "lib:game";

const SIZE = 6;
const FLEET = [3, 2, 2] as const;
const LETTERS = "ABCDEF";

type Square = `${string}${number}`;
type Ship = Square[];
type Fleet = { ships: Ship[]; shots: Square[] };

interface Sea {
  order: [string, string];
  at: 0 | 1;
  fleets: Record<string, Fleet>;
}

const name = (x: number, y: number): Square => `${LETTERS[x]!}${y + 1}`;

const everySquare: Square[] = Array.from(
  { length: SIZE * SIZE },
  (_, i) => name(i % SIZE, Math.floor(i / SIZE)),
);

function randomFleet(): Ship[] {
  const ships: Ship[] = [];
  for (const length of FLEET) {
    for (;;) {
      const across = randomBelow(2) === 0;
      const x = randomBelow(across ? SIZE - length + 1 : SIZE);
      const y = randomBelow(across ? SIZE : SIZE - length + 1);
      const ship: Ship = Array.from(
        { length },
        (_, i) => across ? name(x + i, y) : name(x, y + i),
      );
      if (ships.flat().some((square) => ship.includes(square))) continue;
      ships.push(ship);
      break;
    }
  }
  return ships;
}

const sunk = ({ ships, shots }: Fleet): Ship[] =>
  ships.filter((ship) => ship.every((square) => shots.includes(square)));

export default class Battleship extends GameReferee {
  static manifest: BotManifest = {
    summary: "Battleship on 6 by 6, with fleets that the referee places and commits to",
    net: [],
    moves: {
      game: "battleship",
      actions: { fire: { value: "<square>" }, ...GAME_ACTIONS },
    },
    params: { type: "object", properties: { ...GAME_PARAMS } },
  };

  override handBytes = 256;

  setup(players: string[]): Sea {
    return {
      order: players as [string, string],
      at: 0,
      fleets: Object.fromEntries(players.map((p) => [p, { ships: randomFleet(), shots: [] }])),
    };
  }

  override commitment({ fleets }: Sea) {
    return Object.fromEntries(Object.entries(fleets).map(([p, { ships }]) => [p, ships]));
  }

  turn({ order, at }: Sea) {
    return [order[at]];
  }

  private target(sea: Sea): Fleet {
    return sea.fleets[sea.order[sea.at === 0 ? 1 : 0]]!;
  }

  play(sea: Sea, _player: string, move: { action: string; value?: unknown }) {
    const square = (typeof move.value === "string" ? move.value.toUpperCase() : "") as Square;
    const { shots, ships } = this.target(sea);
    if (move.action !== "fire" || !everySquare.includes(square)) {
      throw new Illegal("Fire at a square from A1 to F6.");
    }
    if (shots.includes(square)) throw new Illegal(`You have fired at ${square} already.`);
    shots.push(square);
    const hit = ships.flat().includes(square);
    // A hit shoots again.
    if (!hit) sea.at = sea.at === 0 ? 1 : 0;
  }

  result({ order, fleets }: Sea) {
    for (const [i, loser] of order.entries()) {
      if (sunk(fleets[loser]!).length < FLEET.length) continue;
      const winner = order[1 - i]!;
      return {
        result: "won",
        winners: [winner],
        ranking: [[winner], [loser]],
        text: `${winner} sank the whole fleet of ${loser}.`,
      };
    }
    return null;
  }

  private seen({ ships, shots }: Fleet): string {
    const marks = everySquare.map((square) =>
      !shots.includes(square) ? "." : ships.flat().includes(square) ? "X" : "o"
    ).join("");
    return marks.match(new RegExp(`.{${SIZE}}`, "g"))!.join("/");
  }

  position({ order, fleets }: Sea) {
    return Object.fromEntries(order.map((p) => [p, this.seen(fleets[p]!)]));
  }

  picture({ order, fleets }: Sea) {
    return order.map((p) => `${p}:\n${this.seen(fleets[p]!).replaceAll("/", "\n")}`).join("\n");
  }

  override hand({ fleets }: Sea, player: string) {
    return { ships: fleets[player]!.ships.map((ship) => ship.join(" ")) };
  }

  legal(sea: Sea): LegalMove[] {
    const { shots } = this.target(sea);
    return everySquare.filter((square) => !shots.includes(square))
      .map((value) => ({ action: "fire", value }));
  }
}
