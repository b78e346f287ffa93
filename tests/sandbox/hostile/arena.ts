/** A real server in a separate process. Hostile bots are attached and triggered over HTTP, while
 *  neighbours in other channels must keep working. At the end, the arena checks that the attacks
 *  left nothing behind. */
import assert from "node:assert/strict";
import { Player, roomOf, type Wire } from "../../support/player.ts";
import { dataFile, gone, type ServerProcess, startProcess } from "../../support/process.ts";
import { checkStore } from "../../support/server.ts";
import { THOROUGH } from "../../support/thorough.ts";
import type { Attack } from "./attack.ts";
import { judge, judgeRefusal } from "./verdict.ts";

export interface ArenaOptions {
  language: "javascript" | "python";
  hookTimeoutMs: number;
  /** The source of a bot that answers a member's message with `{ echo }`. */
  neighbour: string;
  /** The number of concurrent attacks. Each has a host to itself, and so has its neighbour. */
  lanes: number;
  /** In mebibytes: how much the server may grow by the end, and how large a host may be. */
  serverGrowth: number;
  hostSize: number;
}

/** Attackers use this name for the files that they try to write. */
const MARK = "hostile-mark";
/** A variable in the server's environment, which no bot may see. */
export const SECRET = "5ec2e7".repeat(10) + "5ec2";

/** Starts the server, lets `play` attack it, and verifies that only its database remains. */
async function withArena(
  options: ArenaOptions,
  play: (arena: Arena) => Promise<void>,
): Promise<void> {
  await using file = dataFile();
  await using temporary = await temporaryFolder();
  const server = await startProcess({
    KV_URL: file.path,
    TMPDIR: temporary.path,
    ENV_KEY: SECRET,
    HOOK_TIMEOUT_MS: String(options.hookTimeoutMs),
    SANDBOX_HOSTS: String(options.lanes * 2),
    RATE_LIMITS: "off",
  });
  try {
    const arena = new Arena(server, options);
    await arena.open();
    await play(arena);
    await arena.rest();
  } catch (error) {
    await server.kill("SIGKILL");
    throw error;
  }
  const hosts = await server.children();
  await server.kill("SIGTERM");
  await gone(hosts);
  assert.deepEqual(server.log.filter((line) => line.includes('"level":"error"')), []);
  // A hook that uses up its budget takes as long again.
  await checkStore(file.path, { oneOf: THOROUGH ? 1 : 4 });
  const folder = file.path.slice(0, file.path.lastIndexOf("/"));
  const names = [...namesIn(folder), ...namesIn(temporary.path)];
  assert.deepEqual(names.filter((name) => !name.startsWith("multiplayer.sqlite3")), []);
  for (const place of [".", "data", "/tmp", "/"]) {
    assert.deepEqual(namesIn(place).filter((name) => name.includes(MARK)), [], place);
  }
}

/** Plays attacks in an arena of their own, with a step for each, as many at a time as the arena has
 *  lanes. */
export async function playAll(
  t: Deno.TestContext,
  options: ArenaOptions,
  attacks: readonly Attack[],
): Promise<void> {
  await withArena(options, async (arena) => {
    const verdicts = arena.play(attacks);
    for (const [i, { name }] of attacks.entries()) {
      const fn = () => verdicts[i]!;
      await t.step({ name, fn, sanitizeOps: false, sanitizeResources: false });
    }
  });
}

async function temporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir({ prefix: "arena-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

export class Arena {
  readonly #server: ServerProcess;
  readonly #options: ArenaOptions;
  readonly #lanes: Lane[] = [];
  #serverMiB = 0;

  constructor(server: ServerProcess, options: ArenaOptions) {
    this.#server = server;
    this.#options = options;
  }

  /** JavaScript and TypeScript are detected from the source. */
  get #language(): "python" | undefined {
    return this.#options.language === "python" ? "python" : undefined;
  }

  async open(): Promise<void> {
    const { url } = this.#server;
    const { lanes, neighbour } = this.#options;
    for (let i = 0; i < lanes; i++) {
      const { players: [player] } = await roomOf(url, {
        slots: ["bot:echo", "invite:neighbour"],
        bots: [{ inline_code: neighbour, language: this.#language }],
      }, 1);
      const lane = { attacker: await Player.at(url), neighbour: player! };
      await this.#goOn(lane, "are you there?");
      this.#lanes.push(lane);
    }
    await this.#until((hosts) => hosts >= lanes * 2);
    this.#serverMiB = await residentMiB(this.#server.pid);
  }

  /** Plays every attack, as many at a time as there are lanes. Each promise settles with the result
   *  of one attack. */
  play(attacks: readonly Attack[]): Promise<void>[] {
    const verdicts = attacks.map(() => Promise.withResolvers<void>());
    const queue = attacks.entries();
    for (const lane of this.#lanes) {
      (async () => {
        for (const [i, attack] of queue) {
          await this.#attack(lane, attack).then(verdicts[i]!.resolve, verdicts[i]!.reject);
        }
      })();
    }
    const promises = verdicts.map(({ promise }) => promise);
    // A caller that awaits them one by one attaches its handlers too late for most of them.
    for (const promise of promises) promise.catch(() => {});
    return promises;
  }

  /** Waits until there are no more hosts than allowed, and checks the size of all processes. */
  async rest(): Promise<void> {
    const { lanes, language, serverGrowth, hostSize } = this.#options;
    // Hosts that stood in for stalled ones stay for a minute, as do those for Python.
    const most = lanes * 2 + 8 + (language === "python" ? lanes * 2 + 2 : 0);
    await this.#until((hosts) => hosts >= lanes * 2 && hosts <= most);
    const grown = await residentMiB(this.#server.pid) - this.#serverMiB;
    assert.ok(grown <= serverGrowth, `the server holds ${grown} MiB more than before`);
    for (const pid of await this.#server.children()) {
      const size = await residentMiB(pid);
      assert.ok(size <= hostSize, `host ${pid} holds ${size} MiB`);
    }
  }

  async #attack(lane: Lane, attack: Attack): Promise<void> {
    const room = new Player(this.#server.url, lane.attacker.token);
    const slots = ["bot:attacker", "invite:me"];
    const { channel_id, invites } = await room.call("create_channel", { name: "room", slots });
    await room.join(invites[0]);
    const { source, env, ending } = attack;
    const bot = { inline_code: source, language: this.#language, env };
    const attaching = room.call("attach_bot", { channel_id, bot }).catch((error) => error);
    if (typeof ending === "object" && "refused" in ending) {
      await this.#goOn(lane, attack.name);
      judgeRefusal(attack, await attaching);
    } else {
      const attached = await attaching;
      if (attached instanceof Error) throw attached;
      const { msg_id } = await room.say("go");
      await this.#goOn(lane, attack.name);
      const ended = typeof ending === "object" && "announced" in ending
        ? ({ body }: Wire) => body.type === ending.announced
        : ({ cause }: Wire) => cause === msg_id;
      const read = await room.readUntil(ended);
      judge(attack, read.filter(ended));
    }
    await room.call("update_channel", { channel_id, ops: [{ type: "close" }] });
  }

  /** Checks that a bot in another channel answers, and so does the server. fairness_test.ts shows,
   *  with hooks that are never killed, that neither waits for the end of an attack. */
  async #goOn({ neighbour }: Lane, text: string): Promise<void> {
    await neighbour.say(text);
    const alive = await fetch(`${this.#server.url}/healthz`);
    assert.deepEqual([alive.status, await alive.json()], [200, { status: "ok" }]);
    const isEcho = ({ body }: Wire) => body.echo?.text === text;
    await neighbour.readUntil(isEcho);
  }

  async #until(fits: (hosts: number) => boolean): Promise<void> {
    let hosts: number[] = [];
    for (let tries = 0; tries < 500; tries++) {
      hosts = await this.#server.children();
      if (fits(hosts.length)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.fail(`${hosts.length} hosts are there after many seconds`);
  }
}

interface Lane {
  attacker: Player;
  neighbour: Player;
}

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name);
}

/** Uses `cat`, because Deno reads nothing below /proc without all permissions. */
async function residentMiB(pid: number): Promise<number> {
  const { stdout } = await new Deno.Command("cat", { args: [`/proc/${pid}/status`] }).output();
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(new TextDecoder().decode(stdout)) ?? [];
  return Math.round(Number(kibibytes) / 1024);
}
