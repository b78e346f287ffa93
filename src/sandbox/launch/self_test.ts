/** A test that a host must pass before it runs any other bot. Its bot reads its clock, and tries to
 *  connect to a port of this machine. */
import type { HookJob, HookOutcome } from "../../domain/bot/bot.ts";
import type { Host, HostLanguage } from "../pool/host.ts";

const NOW_MS = 1_000;

const SOURCES = {
  javascript: (url) =>
    `export default class Bot {
  constructor(ctx) { this.ctx = ctx; }
  async on_init() {
    const reached = await fetch("${url}").then(() => true, () => false);
    this.ctx.post("bot", { now: Date.now(), ...(reached && { reached }) });
  }
}`,
  python: (url) =>
    `import time, urllib.request
class Bot:
    def __init__(self, ctx, params):
        self.ctx = ctx
    def on_init(self):
        result = {"now": round(time.time() * 1000)}
        try:
            urllib.request.urlopen("${url}")
            result["reached"] = True
        except Exception:
            pass
        self.ctx.post("bot", result)
`,
} satisfies Record<HostLanguage, (url: string) => string>;

const EXPECTED: HookOutcome = {
  kind: "done",
  posts: [{ kind: "bot", body: { now: NOW_MS } }],
  state: null,
  state_set: false,
};

/** Throws if the host fails. `listens`: whether to open the port, which the bot must not reach. */
export async function testHost(
  host: Host,
  language: HostLanguage,
  listens: boolean,
): Promise<void> {
  const decoy = listens ? new Decoy() : undefined;
  const answer = await host.ask({
    kind: "run",
    job: jobFor(language, decoy?.port ?? 1),
    first: true,
  });
  const reached = await decoy?.close() ?? false;
  const outcome = answer.kind === "ran" ? answer.outcome : answer;
  if (!reached && JSON.stringify(outcome) === JSON.stringify(EXPECTED)) return;
  const what = reached ? "reached this machine" : `gave ${JSON.stringify(outcome)}`;
  throw new Error(`Cannot use a ${language} host: the test bot ${what}`);
}

/** A port that records whether anyone connects, and closes every connection. */
class Decoy {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #reached = this.#accept();

  get port(): number {
    return this.#listener.addr.port;
  }

  async close(): Promise<boolean> {
    this.#listener.close();
    return await this.#reached;
  }

  async #accept(): Promise<boolean> {
    let reached = false;
    for await (const connection of this.#listener) {
      reached = true;
      connection.close();
    }
    return reached;
  }
}

function jobFor(language: HostLanguage, port: number): HookJob {
  return {
    source: SOURCES[language](`https://127.0.0.1:${port}/`),
    language,
    class_name: "Bot",
    hook: "on_init",
    args: [],
    params: {},
    state: null,
    players: [],
    timers: [],
    env: {},
    net: [`127.0.0.1:${port}`],
    now_ms: NOW_MS,
    seed: "00".repeat(32),
  };
}
