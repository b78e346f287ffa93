/** Runs all floods concurrently against a server with the operators' start command, and kills it
 *  meanwhile. */
import { checkStore } from "../support/server.ts";
import { dataFile, gone, megabytes, type ServerProcess, startProcess } from "../support/process.ts";
import { FLOODS } from "./floods.ts";
import { Neighbours } from "./neighbours.ts";

/** Fewer than the idle connections need. */
const STARTED = { descriptors: 256 };

export interface Soaked {
  /** The median time of a neighbour's post in milliseconds, before and during the floods. */
  quietMs: number;
  floodedMs: number;
  /** The neighbours' acknowledged and unacknowledged posts. */
  acknowledged: number;
  refused: number;
  /** The server's resident memory in megabytes, before the floods and some time after them. */
  beforeMb: number;
  afterMb: number;
}

export interface SoakPlan {
  quietMs: number;
  floodMs: number;
  /** The number of `kill -9` and restarts, spread over the floods. */
  kills: number;
  say: (line: string) => void;
}

/** Throws if an acknowledged post is lost, or a channel does not verify. */
export async function soak({ quietMs, floodMs, kills, say }: SoakPlan): Promise<Soaked> {
  await using file = dataFile();
  let server = await startProcess({ KV_URL: file.path }, STARTED);
  const neighbours = await Neighbours.at(server.url);
  const quiet = await postFor(quietMs, neighbours);
  const beforeMb = await megabytes(server.pid);
  say(`quiet: ${quiet.length} posts, ${Math.round(beforeMb)} MB`);

  const stop = new AbortController();
  const attacks = new Map<string, number>();
  const floods = Object.entries(FLOODS).map(async ([name, flood]) => {
    const acted = () => void attacks.set(name, (attacks.get(name) ?? 0) + 1);
    // A flood whose server is down, or that is refused, starts again.
    while (!stop.signal.aborted) {
      await flood(() => server.url, stop.signal, acted).catch(() => pause(200));
    }
  });
  const flooded: (number | null)[] = [];
  for (let part = 0; part <= kills; part++) {
    flooded.push(...await postFor(floodMs / (kills + 1), neighbours));
    say(`flooded: ${flooded.length} posts, ${Math.round(await megabytes(server.pid))} MB`);
    if (part < kills) server = await killed(server, file.path);
    neighbours.moveTo(server.url);
  }
  stop.abort();
  await Promise.all(floods);
  for (const name of Object.keys(FLOODS)) {
    const count = attacks.get(name) ?? 0;
    say(`${count} attacks: ${name}`);
    if (count === 0) throw new Error(`The flood "${name}" never came to attack`);
  }
  await postFor(quietMs, neighbours);
  const afterMb = await megabytes(server.pid);
  await neighbours.check();
  say("everything that was acknowledged is there; verifying every channel");
  await server.kill("SIGTERM");
  await checkStore(file.path);
  const taken = flooded.filter((ms) => ms !== null);
  return {
    quietMs: median(quiet.filter((ms) => ms !== null)),
    floodedMs: median(taken),
    acknowledged: taken.length,
    refused: flooded.length - taken.length,
    beforeMb,
    afterMb,
  };
}

async function killed(server: ServerProcess, path: string): Promise<ServerProcess> {
  const hosts = await server.children();
  await server.kill("SIGKILL");
  await gone(hosts);
  return await startProcess({ KV_URL: path }, STARTED);
}

/** Posts five times a second, well below the rate limit of one caller. */
async function postFor(ms: number, neighbours: Neighbours): Promise<(number | null)[]> {
  const posts: (number | null)[] = [];
  for (const end = performance.now() + ms; performance.now() < end;) {
    posts.push(await neighbours.post());
    await pause(200);
  }
  return posts;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
