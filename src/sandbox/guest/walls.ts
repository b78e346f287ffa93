/** Whether the walls stand: tries one thing of each kind that neither a host nor its Worker may do.
 *  Each attempt is harmless where it succeeds. */
const ATTEMPTS: Record<string, () => unknown> = {
  read: () => Deno.readDirSync("/"),
  write: () => Deno.removeSync("/mcp-multiplayer-wall-probe"),
  env: () => Deno.env.get("PATH"),
  run: () => new Deno.Command("/mcp-multiplayer-wall-probe").outputSync(),
  ffi: () => Deno.dlopen("/mcp-multiplayer-wall-probe", {}),
  sys: () => Deno.hostname(),
};
/** A host may reach public addresses, its Worker none at all. */
const NET_ATTEMPTS: Record<string, () => unknown> = {
  net: () => Deno.listen({ hostname: "127.0.0.1", port: 0 }).close(),
};

/** The permissions that were not refused; [] when every wall stands. */
export function openWalls(of: "host" | "worker"): string[] {
  const attempts = of === "worker" ? { ...ATTEMPTS, ...NET_ATTEMPTS } : ATTEMPTS;
  return Object.entries(attempts).filter(([, attempt]) => {
    try {
      attempt();
    } catch (error) {
      return !(error instanceof Deno.errors.NotCapable);
    }
    return true;
  }).map(([name]) => name);
}
