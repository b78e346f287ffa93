/** Runs `HostNetwork` in a process with the flags of a sandbox host, for network_process.ts. Its
 *  argument is `NetworkOptions`. Reads one hook a line as JSON, and writes the outcome of each. */
import type { Exchange, NetAnswer, NetRequest } from "../../src/domain/bot/evidence.ts";
import { lines } from "../../src/sandbox/wire/lines.ts";
import { HostNetwork } from "../../src/sandbox/host/network.ts";

export interface DrivenHook {
  net: string[];
  calls: NetRequest[];
  /** Whether to make each call only after the answer to the one before. */
  oneByOne?: boolean;
  /** The number of answers after which the next hook begins, without waiting for the others. */
  abandonAfter?: number;
}

export interface DrivenOutcome {
  answers: NetAnswer[];
  reported: Exchange[];
  /** How many times the hook began to wait. */
  waited: number;
}

let outcome: DrivenOutcome = { answers: [], reported: [], waited: 0 };
const network = new HostNetwork(JSON.parse(Deno.args[0]!), {
  waiting: () => void outcome.waited++,
  resumed() {},
  exchanged: (exchange) => void outcome.reported.push(exchange),
});

for await (const line of lines(Deno.stdin.readable, 1024 * 1024)) {
  const { net, calls, oneByOne, abandonAfter }: DrivenHook = JSON.parse(line);
  outcome = { answers: [], reported: [], waited: 0 };
  network.begin(net);
  const { answers } = outcome;
  const open: Promise<unknown>[] = [];
  for (const call of calls) {
    open.push(network.perform(call).then((answer) => answers.push(answer)));
    if (oneByOne) await network.settled();
  }
  if (abandonAfter === undefined) await network.settled();
  await Promise.all(open.slice(0, abandonAfter));
  console.log(JSON.stringify(outcome));
}
Deno.exit(0);
