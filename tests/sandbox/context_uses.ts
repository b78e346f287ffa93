/** One use of each member of `ctx`, in both languages: statements with a variable `ctx`. A member
 *  that reads something posts it as `value`. */
import type { ContextMember } from "../../src/domain/bot/context_members.ts";

export interface Use {
  javascript: string;
  python: string;
}

/** `host` and `port` are those of an HTTPS site. */
export function contextUses(host: string, port: number): Record<ContextMember, Use> {
  const page = `https://${host}:${port}/echo`;
  const read = (javascript: string, python = javascript): Use => ({
    javascript: `ctx.post("bot", { value: ${javascript} });`,
    python: `ctx.post("bot", {"value": ${python}})`,
  });
  const same = (statement: string): Use => ({ javascript: `${statement};`, python: statement });
  return {
    post: {
      javascript: 'ctx.post("control", { said: 1 }, { to: ["p1"] });',
      python: 'ctx.post("control", {"said": 1}, to=["p1"])',
    },
    get_state: read("ctx.get_state()"),
    set_state: same('ctx.set_state(["kept"])'),
    players: read("ctx.players()"),
    set_timer: same('ctx.set_timer("soon", 1)'),
    clear_timer: same('ctx.clear_timer("old")'),
    end: same('ctx.end("done")'),
    env: read("Object.keys(ctx.env)", "list(ctx.env)"),
    fetch: read(`(await ctx.fetch("${page}")).status`, `ctx.fetch("${page}").status`),
    tls_certificate: read(
      `(await ctx.tls_certificate("${host}", ${port})).chain[0].subject`,
      `ctx.tls_certificate("${host}", ${port})["chain"][0]["subject"]`,
    ),
    workspace: {
      javascript:
        'ctx.workspace.write("a", "b"); ctx.post("bot", { value: ctx.workspace.read("a") });',
      python: 'with open(ctx.workspace + "/a", "w") as file: file.write("b")\n' +
        'ctx.post("bot", {"value": open(ctx.workspace + "/a").read()})',
    },
  };
}
