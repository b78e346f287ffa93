/** Checks that permissions are missing: attempts one action for each permission that neither a host
 *  nor its Worker may have. Every attempt is harmless if it succeeds. */
const ATTEMPTS: Record<string, () => unknown> = {
  read: () => Deno.readDirSync("/"),
  write: () => Deno.removeSync("/mcp-multiplayer-wall-probe"),
  env: () => Deno.env.get("PATH"),
  run: () => new Deno.Command("/mcp-multiplayer-wall-probe").outputSync(),
  ffi: () => Deno.dlopen("/mcp-multiplayer-wall-probe", {}),
  sys: () => Deno.hostname(),
};
/** A Worker may not use any network. */
const WORKER_ATTEMPTS: Record<string, () => unknown> = {
  net: () => Deno.listen({ hostname: "127.0.0.1", port: 0 }).close(),
};
/** A host may reach public addresses. These are a private one, and the one of cloud metadata
 *  services. */
const HOST_ATTEMPTS: Record<string, () => unknown> = {
  "private network": () => mayConnect("10.0.0.1:443"),
  metadata: () => mayConnect("169.254.169.254:80"),
};

function mayConnect(host: string): void {
  const { state } = Deno.permissions.querySync({ name: "net", host });
  if (state !== "granted") throw new Deno.errors.NotCapable();
}

/** The names of the permissions that were not refused; empty if every wall stands. */
export function openWalls(of: "host" | "worker"): string[] {
  const attempts = { ...ATTEMPTS, ...(of === "worker" ? WORKER_ATTEMPTS : HOST_ATTEMPTS) };
  return Object.entries(attempts).filter(([, attempt]) => {
    try {
      attempt();
    } catch (error) {
      return !(error instanceof Deno.errors.NotCapable);
    }
    return true;
  }).map(([name]) => name);
}
