/** A sandbox host: a `deno run` subprocess that may only read its own files and reach public
 *  addresses. If it sends anything except the expected answer and its notices, it counts as
 *  compromised, and the server kills it. The server also kills a host that answers too late,
 *  because nothing less stops busy native code. */
import { fileURLToPath } from "node:url";
import { BOT_LIMITS } from "../../domain/limits/bot.ts";
import { lines } from "../wire/lines.ts";
import type { NetworkOptions } from "../host/network.ts";
import type { Host, HostLanguage, Listener } from "../pool/host.ts";
import { deniedAddresses } from "../walls/private_network.ts";
import {
  ANSWER_MAX_BYTES,
  deadlineOf,
  readAnswer,
  readNotice,
  type Request,
  REQUEST_MAX_BYTES,
  requestLine,
  START_MS,
} from "../wire/protocol.ts";

export interface HostProcessOptions {
  language: HostLanguage;
  /** How long a hook may run once a host has it. */
  hookTimeoutMs: number;
  denoPath: string;
  network: BotNetwork;
  /** The image of a started Python interpreter: see python_image.ts. */
  image?: Uint8Array<ArrayBuffer> | undefined;
}

/** The network that the operator allows for bots. */
export interface BotNetwork {
  /** `off`: none. `http`: https and http. */
  schemes: "off" | "https" | "http";
  /** Names that no bot may reach, such as this server's own. */
  denied: readonly string[];
  /** For tests: treats the loopback network as public, and trusts these PEM certificates. */
  test?: { loopback: true; caCerts: readonly string[] } | undefined;
}

/** The time that the server adds to the host's own deadline before it kills a silent host. */
const GRACE_MS = 500;

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const ENTRY = path("../host/main.ts");
/** All files that a host may read: the modules that it loads for its Workers at run time. */
const READABLE = [
  ...["courier", "guest", "walls", "wasm", "wire"].map((folder) => path(`../${folder}/`)),
  path("../../domain/limits/bot.ts"),
  path("../../domain/bot/engine_id.ts"),
  path("../../domain/bot/sealed.ts"),
  path("../../../bots/game.ts"),
];
const CONFIG = path("../../../deno.json");
/** The heap of each thread in megabytes, a guest's memory in pages of 64 KiB, and the stack in
 *  kilobytes. The stack is deep enough that a guest reaches its own limit first, which is at the
 *  same depth on every machine. */
const V8_FLAGS =
  "--max-old-space-size=128,--max-semi-space-size=1,--wasm-max-mem-pages=1024,--stack-size=3900,--wasm-lazy-compilation";
/** Python's engine comes in large pieces: its Worker gives them back as soon as it is done with
 *  them, and the allocator gives those of a megabyte to the system. Its memory has its two stacks
 *  besides. */
const LANGUAGE_FLAGS = { javascript: "", python: ",--expose-gc,--wasm-max-mem-pages=1289" };
const LANGUAGE_ENV = { javascript: {}, python: { MALLOC_MMAP_THRESHOLD_: `${1024 * 1024}` } };
/** The whole environment of a host: room for that stack, a single arena for the allocator, which
 *  saves ten megabytes, and Deno's cache. */
const ENV = { RUST_MIN_STACK: `${8 * 1024 * 1024}`, MALLOC_ARENA_MAX: "1", ...cacheEnv() };

interface Pending {
  nonce: string;
  listener: Listener | undefined;
  exchanges: number;
  answer: PromiseWithResolvers<string | undefined>;
}

/** Starts a host and waits for its report that every wall stands. Throws if there is none. */
export async function startHostProcess(options: HostProcessOptions): Promise<Host> {
  const cannot = `Cannot start a sandbox host with ${options.denoPath}`;
  let host: HostProcess;
  try {
    host = new HostProcess(options);
  } catch (cause) {
    throw new Error(`${cannot}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
  const answer = await host.ask({ kind: "probe" }, undefined, START_MS);
  if (answer.kind === "probed" && answer.open.length === 0) return host;
  await host.end();
  if (answer.kind !== "probed") throw new Error(`${cannot}: ${ENTRY} did not answer`);
  throw new Error(`${cannot}: its Worker may use ${answer.open.join(", ")}`);
}

class HostProcess implements Host {
  readonly ended: Promise<void>;
  #options: HostProcessOptions;
  #child: Deno.ChildProcess;
  #input: WritableStreamDefaultWriter<Uint8Array>;
  #encoder = new TextEncoder();
  #pending: Pending | undefined;

  constructor(options: HostProcessOptions) {
    this.#options = options;
    const { language, denoPath, hookTimeoutMs, network, image } = options;
    this.#child = new Deno.Command(denoPath, {
      args: [
        ...[...runArgs(language), ...netFlags(network), ENTRY, language],
        ...[START_MS, hookTimeoutMs, REQUEST_MAX_BYTES].map(String),
        JSON.stringify(networkOptions(network, hookTimeoutMs)),
        String(image?.length ?? 0),
      ],
      clearEnv: true,
      env: envOf(language),
      stdin: "piped",
      stdout: "piped",
      // Not inherited: a compromised host must not write to the server's log.
      stderr: "null",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    // If the host ends meanwhile, `ended` reports that.
    if (image) this.#input.write(image).catch(() => {});
    this.ended = this.#listen();
  }

  async ask(
    request: Request,
    listener?: Listener,
    timeoutMs = deadlineOf(request, this.#options.hookTimeoutMs) + GRACE_MS,
  ): ReturnType<Host["ask"]> {
    const begun = performance.now();
    const pending = this.#pending = {
      nonce: crypto.randomUUID(),
      listener,
      exchanges: 0,
      answer: Promise.withResolvers<string | undefined>(),
    };
    let late = false;
    const deadline = setTimeout(() => {
      late = true;
      pending.answer.resolve(undefined);
    }, timeoutMs);
    const line = requestLine(pending.nonce, request);
    this.#input.write(this.#encoder.encode(line)).catch(() => pending.answer.resolve(undefined));
    const text = await pending.answer.promise;
    clearTimeout(deadline);
    this.#pending = undefined;
    const answer = text ? readAnswer(request, text) : undefined;
    if (answer) return answer;
    this.#kill();
    const afterMs = late || text === ""
      ? deadlineOf(request, this.#options.hookTimeoutMs)
      : performance.now() - begun;
    return { kind: "killed", after_ms: Math.round(afterMs) };
  }

  async end(): Promise<void> {
    this.#kill();
    await this.ended;
  }

  /** Passes each line to the pending request. Kills the process at the first dishonest line. */
  async #listen(): Promise<void> {
    try {
      for await (const line of lines(this.#child.stdout, ANSWER_MAX_BYTES)) {
        const { nonce, answer, listener } = this.#pending ?? {};
        if (!answer || !line.startsWith(`${nonce} `)) break;
        const text = line.slice(line.indexOf(" ") + 1);
        const notice = readNotice(text);
        if (notice?.kind === "waiting") listener?.waiting?.();
        else if (notice?.kind === "resumed") listener?.resumed?.();
        else if (notice) {
          // No honest host reports more.
          if (++this.#pending!.exchanges > BOT_LIMITS.netRequests + 1) break;
          listener?.exchanged?.(notice.exchange);
        } else {
          this.#pending = undefined;
          answer.resolve(text);
        }
      }
    } catch { /* Too long a line, or a malformed notice: also a forgery. */ }
    this.#kill();
    this.#pending?.answer.resolve(undefined);
    await this.#input.abort().catch(() => {});
    await this.#child.status;
  }

  #kill(): void {
    try {
      this.#child.kill("SIGKILL");
    } catch { /* Already ended. */ }
  }
}

/** The arguments with which Deno runs a host: it may only read its own files. */
export function runArgs(language: HostLanguage): string[] {
  return [
    ...["run", "--quiet", "--no-prompt", "--no-remote", "--cached-only", `--config=${CONFIG}`],
    ...[`--allow-read=${READABLE}`, `--v8-flags=${V8_FLAGS}${LANGUAGE_FLAGS[language]}`],
  ];
}

export function envOf(language: HostLanguage): Record<string, string> {
  return { ...ENV, ...LANGUAGE_ENV[language] };
}

/** Names the cache from which this process has its packages. Without it, a host would look for them
 *  in its user's home folder, though `DENO_DIR` or `HOME` has put them elsewhere. */
function cacheEnv(): Record<string, string> {
  const [, folder] =
    /^(.*)\/npm\/[^/]+\/quickjs-wasi\//.exec(import.meta.resolve("quickjs-wasi")) ??
      [];
  return folder === undefined ? {} : { DENO_DIR: fileURLToPath(folder) };
}

/** Deno's network permissions of a host; none without a network. */
export function netFlags({ schemes, denied, test }: BotNetwork): string[] {
  if (schemes === "off") return [];
  return ["--allow-net", `--deny-net=${[...deniedAddresses(test?.loopback ?? false), ...denied]}`];
}

/** The rules that the host enforces on its bots, in addition to Deno's permissions. */
export function networkOptions(
  { schemes, denied, test }: BotNetwork,
  hookTimeoutMs: number,
): NetworkOptions {
  return {
    schemes,
    denied: denied.map((name) => name.toLowerCase()),
    singleLabels: test !== undefined,
    // The rest of the time is for the bot to handle a missing answer.
    budgetMs: Math.round(hookTimeoutMs * 0.8),
    caCerts: test?.caCerts ?? [],
  };
}
