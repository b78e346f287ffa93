/// <reference path="./bot.d.ts" />
import { randomBelow, shuffled } from "lib:game";

/* A dungeon for one to four heroes who act in turn. A random maze of rooms, monsters, a key, and
   the door out. They win together or die together. */

type Dir = "north" | "south" | "east" | "west";
const STEPS: Record<Dir, readonly [number, number]> = {
  north: [0, -1],
  south: [0, 1],
  east: [1, 0],
  west: [-1, 0],
};
const BACK = { north: "south", south: "north", east: "west", west: "east" } as const;
const W = 5, H = 4;

type Item = "key" | "sword" | "shield";
type Room = { exits: Dir[]; monster?: { kind: string; hp: number }; items: Item[]; seen?: true };
type Hero = { id: string; hp: number; at: number; bag: Item[] };
/** The first hero has the turn. */
type World = { rooms: Room[]; heroes: Hero[]; door: number; torch: number };
type Move = { action: string; value?: string };

const MONSTERS: [kind: string, hp: number][] = [["rat", 2], ["goblin", 4], ["ogre", 7]];

function beside(at: number, dir: Dir): number | null {
  const [dx, dy] = STEPS[dir];
  const x = at % W + dx, y = Math.floor(at / W) + dy;
  return x < 0 || y < 0 || x >= W || y >= H ? null : x + y * W;
}

function dig(): Room[] {
  const rooms: Room[] = Array.from({ length: W * H }, () => ({ exits: [], items: [] }));
  (function carve(at: number): void {
    for (const dir of shuffled(Object.keys(STEPS) as Dir[])) {
      const next = beside(at, dir);
      if (next === null || next === 0 || rooms[next]!.exits.length > 0) continue;
      rooms[at]!.exits.push(dir);
      rooms[next]!.exits.push(BACK[dir]);
      carve(next);
    }
  })(0);
  return rooms;
}

function* options({ rooms, heroes: [hero], door }: World): Generator<Move> {
  const { at, bag } = hero!;
  const { monster, exits, items } = rooms[at]!;
  if (monster) yield { action: "attack" };
  for (const value of exits) {
    // Only the way back into a known room is open while something bites.
    if (!monster || rooms[beside(at, value)!]!.seen) yield { action: "go", value };
  }
  if (!monster && items.length > 0) yield { action: "take" };
  if (!monster && at === door && bag.includes("key")) yield { action: "open" };
}

export default class Dungeon {
  static manifest: BotManifest = {
    summary: "A dungeon that heroes explore together: find the key, then the door",
    net: [],
    params: {
      type: "object",
      properties: {
        players: { type: "integer", minimum: 1, maximum: 4, default: 2 },
        hp: { type: "integer", minimum: 3, maximum: 50, default: 12 },
        torch: { type: "integer", minimum: 20, maximum: 400, default: 150 },
      },
    },
    moves: {
      game: "dungeon",
      actions: {
        go: { value: { type: "string", enum: Object.keys(STEPS) }, text: "go north" },
        attack: { text: "attack" },
        take: { text: "take" },
        open: { text: "open" },
      },
    },
  };

  constructor(
    private readonly ctx: BotContext,
    private readonly params: { players: number; hp: number; torch: number },
  ) {}

  on_init(): void {
    const ids = this.ctx.players().map((p) => p.player_id).slice(0, this.params.players);
    if (this.ctx.get_state() !== null || ids.length < this.params.players) return;
    const rooms = dig();
    rooms[0]!.seen = true;
    const spots = shuffled([...rooms.keys()].slice(1));
    const door = spots.pop()!;
    for (const item of ["key", "sword", "shield"] as const) rooms[spots.pop()!]!.items.push(item);
    for (const at of spots.slice(0, 6)) {
      const [kind, hp] = MONSTERS[randomBelow(MONSTERS.length)]!;
      rooms[at]!.monster = { kind, hp };
    }
    const heroes = ids.map((id): Hero => ({ id, hp: this.params.hp, at: 0, bag: [] }));
    this.#show({ rooms, heroes, door, torch: this.params.torch }, "You wake up in a cold cellar.");
  }

  on_join(): void {
    this.on_init();
  }

  on_message({ sender, kind, body }: Message): void {
    const world: World | null = this.ctx.get_state();
    if (world === null || kind !== "user") return;
    const hero = world.heroes[0]!;
    if (sender !== hero.id) return this.#no(sender, `It is the turn of ${hero.id}.`);
    const [action, value] = typeof body.text === "string"
      ? body.text.split(" ")
      : [body.action, body.value];
    const move = [...options(world)].find((m) => m.action === action && m.value === value);
    if (!move) return this.#no(sender, "That can't be done here.");
    const text = this.#act(world, hero, move);
    if (action === "open") return this.#over("escaped", text);
    if (--world.torch === 0) return this.#over("lost in the dark", text);
    world.heroes.push(world.heroes.shift()!);
    this.#show(world, text);
  }

  #act({ rooms }: World, hero: Hero, { action, value }: Move): string {
    const room = rooms[hero.at]!;
    if (action === "go") {
      hero.at = beside(hero.at, value as Dir)!;
      const { monster } = rooms[hero.at]!;
      rooms[hero.at]!.seen = true;
      return `${hero.id} goes ${value}${monster ? ` and meets a ${monster.kind}` : ""}.`;
    }
    if (action === "take") {
      hero.bag.push(...room.items.splice(0));
      return `${hero.id} now has: ${hero.bag.join(", ")}.`;
    }
    if (action === "open") return `${hero.id} opens the door: daylight!`;
    const { kind } = room.monster!;
    const dealt = 1 + randomBelow(hero.bag.includes("sword") ? 6 : 3);
    room.monster!.hp -= dealt;
    if (room.monster!.hp <= 0) {
      delete room.monster;
      return `${hero.id} kills the ${kind}.`;
    }
    const taken = randomBelow(hero.bag.includes("shield") ? 2 : 4);
    hero.hp -= taken;
    return `${hero.id} hits for ${dealt}, the ${kind} bites for ${taken}.`;
  }

  #show(world: World, text: string): void {
    // The dead leave their things where they fell.
    for (const { hp, at, bag } of world.heroes) if (hp <= 0) world.rooms[at]!.items.push(...bag);
    world.heroes = world.heroes.filter(({ hp }) => hp > 0);
    const [hero, ...others] = world.heroes;
    if (!hero) return this.#over("died", text);
    this.ctx.set_state(world);
    const { exits, monster, items } = world.rooms[hero.at]!;
    const door = hero.at === world.door;
    this.ctx.post("bot", {
      type: "bot:turn",
      player: hero.id,
      players: world.heroes.map(({ id }) => id),
      text,
      position: {
        you: { hp: hero.hp, bag: hero.bag },
        room: { exits, monster: monster?.kind ?? null, items, door },
        torch: world.torch,
        others: others.map(({ id, hp }) => ({ id, hp })),
      },
      legal_moves: [...options(world)],
      view: { kind: "grid", rows: this.#map(world) },
    });
  }

  #map({ rooms, heroes }: World): BoardCell[][] {
    const cell = ({ seen, monster, items }: Room, at: number): BoardCell => {
      const here = heroes.filter((h) => h.at === at).length;
      if (here > 0) return { text: "☺".repeat(here), marked: at === heroes[0]!.at };
      return !seen ? "?" : monster ? "M" : items.length > 0 ? "*" : "·";
    };
    const cells = rooms.map(cell);
    return Array.from({ length: H }, (_, y) => cells.slice(y * W, (y + 1) * W));
  }

  #over(result: string, text: string): void {
    this.ctx.post("bot", { type: "game_end", result, text });
    this.ctx.end({ result });
  }

  #no(player: string, text: string): void {
    this.ctx.post("bot", { type: "violation", player, text });
  }

  on_leave(player_id: string): void {
    const world: World | null = this.ctx.get_state();
    const hero = world?.heroes.find(({ id }) => id === player_id);
    if (!world || !hero) return;
    hero.hp = 0;
    this.#show(world, `${player_id} is gone.`);
  }
}
