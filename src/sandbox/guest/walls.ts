/** Whether the walls stand: tries one thing of each kind that neither a host nor its Worker may do.
 *  Each attempt is harmless where it succeeds. */
const ATTEMPTS: Record<string, () => unknown> = {
  read: () => Deno.readDirSync("/"),
  write: () => Deno.removeSync("/mcp-multiplayer-wall-probe"),
  env: () => Deno.env.get("PATH"),
  net: () => Deno.listen({ hostname: "127.0.0.1", port: 0 }).close(),
  run: () => new Deno.Command("/mcp-multiplayer-wall-probe").outputSync(),
  ffi: () => Deno.dlopen("/mcp-multiplayer-wall-probe", {}),
  sys: () => Deno.hostname(),
};

/** The permissions that were not refused; [] when every wall stands. */
export function openWalls(): string[] {
  return Object.keys(ATTEMPTS).filter((name) => {
    try {
      ATTEMPTS[name]!();
    } catch (error) {
      return !(error instanceof Deno.errors.NotCapable);
    }
    return true;
  });
}
