/** The app's side of MCP Apps (SEP-1865): JSON-RPC 2.0 with the host, by messages of windows. */

type Members = Record<string, unknown>;

/** What the host says of itself, in whole at first and then in parts. */
export interface HostContext {
  theme?: "light" | "dark";
  styles?: { variables?: Record<string, string | undefined> };
}

export interface ToolResult {
  content?: { type: string; text?: string }[];
  structuredContent?: Members;
  isError?: boolean;
}

/** What the host tells the app. */
interface Told {
  /** The arguments of the call whose answer the app draws. */
  input(given: Members): void;
  result(result: ToolResult): void;
  context(context: HostContext): void;
  /** The host is about to remove the app. */
  end(): void;
}

const VERSION = "2026-01-26";

export class Host {
  readonly #told: Told;
  #last = 0;
  readonly #asked = new Map<unknown, PromiseWithResolvers<Members>>();

  constructor(told: Told) {
    this.#told = told;
    addEventListener("message", ({ source, data }) => {
      if (source === parent && data?.jsonrpc === "2.0") this.#take(data);
    });
  }

  async connect(name: string): Promise<void> {
    const { hostContext } = await this.#ask("ui/initialize", {
      protocolVersion: VERSION,
      appInfo: { name, version: "1" },
      appCapabilities: { availableDisplayModes: ["inline"] },
    });
    this.#told.context(hostContext ?? {});
    this.#tell("ui/notifications/initialized", {});
  }

  /** Throws what the host answers in place of a result. */
  async callTool(name: string, args: Members): Promise<ToolResult> {
    return await this.#ask("tools/call", { name, arguments: args });
  }

  /** In CSS pixels. */
  needs(height: number): void {
    this.#tell("ui/notifications/size-changed", { height });
  }

  async #ask(method: string, params: Members): Promise<Members> {
    const id = ++this.#last;
    const asked = Promise.withResolvers<Members>();
    this.#asked.set(id, asked);
    this.#send({ id, method, params });
    return await asked.promise.finally(() => this.#asked.delete(id));
  }

  #tell(method: string, params: Members): void {
    this.#send({ method, params });
  }

  #send(message: Members): void {
    // The host may have any origin, and what is sent is meant for whoever framed the app.
    parent.postMessage({ jsonrpc: "2.0", ...message }, "*");
  }

  #take({ id, method, params = {}, result, error }: Members): void {
    if (method === undefined) {
      if (error) this.#asked.get(id)?.reject(error);
      else this.#asked.get(id)?.resolve(result as Members);
    } else if (id !== undefined) this.#answer(id, method);
    else if (method === "ui/notifications/tool-input") {
      this.#told.input((params as { arguments?: Members }).arguments ?? {});
    } else if (method === "ui/notifications/tool-result") {
      this.#told.result(params as ToolResult);
    } else if (method === "ui/notifications/host-context-changed") {
      this.#told.context(params as Members);
    }
  }

  #answer(id: unknown, method: unknown): void {
    if (method === "ui/resource-teardown") this.#told.end();
    const isKnown = method === "ui/resource-teardown" || method === "ping";
    this.#send({
      id,
      ...isKnown ? { result: {} } : { error: { code: -32601, message: "Method not found" } },
    });
  }
}
