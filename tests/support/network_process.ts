/** The network of a sandbox host, in a separate process with the permissions of a sandbox host. */
import type { NetAnswer, NetRequest } from "../../src/domain/bot/evidence.ts";
import { lines } from "../../src/sandbox/wire/lines.ts";
import type { NetworkOptions } from "../../src/sandbox/host/network.ts";
import {
  type BotNetwork,
  netFlags,
  networkOptions,
} from "../../src/sandbox/launch/host_process.ts";
import type { DrivenHook, DrivenOutcome } from "./network_driver.ts";

const path = (relative: string) => new URL(relative, import.meta.url).pathname;

export interface NetworkProcess extends AsyncDisposable {
  pid: number;
  hook(hook: DrivenHook): Promise<DrivenOutcome>;
  /** The answer to the only call of a hook. */
  one(net: string[], call: NetRequest): Promise<NetAnswer>;
}

/** `options` overrides the host's rules for bots, but never the permissions of its process. */
export function networkProcess(
  network: BotNetwork,
  options: Partial<NetworkOptions> = {},
): NetworkProcess {
  const readable = ["../../src/sandbox/", "../../src/domain/limits/bot.ts"].map(path);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--no-remote", "--cached-only"],
      ...[`--config=${path("../../deno.json")}`, `--allow-read=${readable}`, ...netFlags(network)],
      path("./network_driver.ts"),
      JSON.stringify({ ...networkOptions(network, 20_000), ...options }),
    ],
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const input = child.stdin.getWriter();
  const output = lines(child.stdout, 4 * 1024 * 1024);
  const hook = async (hook: DrivenHook): Promise<DrivenOutcome> => {
    await input.write(new TextEncoder().encode(`${JSON.stringify(hook)}\n`));
    const { value } = await output.next();
    if (!value) throw new Error("Cannot hear from the network process: it ended");
    return JSON.parse(value);
  };
  return {
    pid: child.pid,
    hook,
    one: async (net, call) => (await hook({ net, calls: [call] })).answers[0]!,
    async [Symbol.asyncDispose]() {
      await input.close();
      await output.return();
      await child.status;
    },
  };
}

export function get(url: string, headers: [string, string][] = []): NetRequest {
  return { kind: "fetch", method: "GET", url, headers, body: null };
}

export function post(url: string, text: string, headers: [string, string][] = []): NetRequest {
  const body = new TextEncoder().encode(text).toBase64();
  return { kind: "fetch", method: "POST", url, headers, body };
}

/** The body of an answer as text. Fails if there is none. */
export function textOf(answer: NetAnswer): string {
  if (answer.kind !== "fetched") throw new Error(`Cannot read ${JSON.stringify(answer)}`);
  return new TextDecoder().decode(Uint8Array.fromBase64(answer.body));
}
