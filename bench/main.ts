/** The benchmark: `deno task bench [--json] [--only <case>]`. Runs each case against a new server
 *  over HTTP on the loopback interface. Exits with 1 if a case could not be measured, otherwise
 *  with 0, even if figures miss their targets. */
import { parseArgs } from "node:util";
import process from "node:process";
import { bearer } from "./cases/bearer.ts";
import { concurrent } from "./cases/concurrent.ts";
import { connect } from "./cases/connect.ts";
import { context } from "./cases/context.ts";
import { echoHooks } from "./cases/echo_hooks.ts";
import { edits } from "./cases/edits.ts";
import { firstMinutes } from "./cases/first_minutes.ts";
import { hooks } from "./cases/hooks.ts";
import { judgedMove } from "./cases/judged_move.ts";
import { limits } from "./cases/limits.ts";
import { longChannel } from "./cases/long_channel.ts";
import { memory } from "./cases/memory.ts";
import { longPage } from "./cases/long_page.ts";
import { oneByOne } from "./cases/one_by_one.ts";
import { signing } from "./cases/signing.ts";
import { spectators } from "./cases/spectators.ts";
import { verify } from "./cases/verify.ts";
import { waitingReader } from "./cases/waiting_reader.ts";
import { type Figure, type Measured, met, table } from "./figure.ts";
import { cpuSeconds, machineCpuSeconds } from "./processes.ts";
import { Server } from "./server.ts";

const CASES: Record<string, (server: Server) => Promise<Figure[]>> = {
  connect,
  bearer,
  "one-by-one": oneByOne,
  limits,
  concurrent,
  "waiting-reader": waitingReader,
  "judged-move": judgedMove,
  hooks,
  "echo-hooks": echoHooks,
  "long-channel": longChannel,
  "long-page": longPage,
  signing,
  verify,
  context,
  memory,
  spectators,
  "first-minutes": firstMinutes,
  edits,
};

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

async function measure(run: (server: Server) => Promise<Figure[]>): Promise<Measured> {
  const server = await Server.start();
  const stopped = () => void server.stop().finally(() => Deno.exit(130));
  for (const signal of SIGNALS) Deno.addSignalListener(signal, stopped);
  try {
    const ours = async () => await cpuSeconds([Deno.pid]) + await server.cpuSeconds();
    const [start, all, own] = [performance.now(), await machineCpuSeconds(), await ours()];
    const figures = await run(server);
    const foreign = await machineCpuSeconds() - all - (await ours() - own);
    return { figures, foreignCores: Math.max(0, foreign * 1000 / (performance.now() - start)) };
  } finally {
    for (const signal of SIGNALS) Deno.removeSignalListener(signal, stopped);
    await server.stop();
  }
}

const { values: options } = parseArgs({
  options: { json: { type: "boolean", default: false }, only: { type: "string" } },
});
if (options.only !== undefined && !(options.only in CASES)) {
  console.error(`Cannot run "${options.only}": the cases are ${Object.keys(CASES).join(", ")}`);
  Deno.exit(1);
}
const measured = new Map<string, Measured>();
for (const [name, run] of Object.entries(CASES)) {
  if (options.only !== undefined && options.only !== name) continue;
  console.error(`measuring ${name} ...`);
  try {
    measured.set(name, await measure(run));
  } catch (error) {
    console.error(`Cannot measure ${name}:`, error);
    process.exitCode = 1;
  }
}
if (options.json) {
  const cases = [...measured].map(([name, { figures, foreignCores }]) => ({
    case: name,
    foreign_cores: foreignCores,
    figures: figures.map((figure) => ({ ...figure, met: met(figure) })),
  }));
  console.log(JSON.stringify(cases, null, 2));
} else {
  console.log(table(measured));
}
