/** Runs the verifier as people do: `deno task verify` on a file, in a separate process. */
import denoJson from "../../deno.json" with { type: "json" };
import type { Player, Wire } from "./player.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** Exports a channel as a player may see it, through the server's download link. */
export async function exportOf(player: Player): Promise<string> {
  const { channel_id } = player;
  const { url } = await player.call("export_channel", { channel_id });
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  return await response.text();
}

/** Runs the verify task with arguments and its own flags, but with network access to this machine
 *  only. */
export async function runVerify(
  args: readonly string[],
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { command } = denoJson.tasks.verify;
  const [, ...flags] = command.replace(/\$\(deno eval -p 'Deno\.execPath\(\)'\)/, Deno.execPath())
    .replaceAll('"', "").replace("-P=verifier", "-P=verifier --allow-net=127.0.0.1").split(" ");
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...flags, ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Verifies an export with the verify task. */
export async function verify(
  file: string,
  { receipt, args = [] }: { receipt?: string; args?: string[] } = {},
): Promise<{ code: number; report: Wire; text: string }> {
  const folder = await Deno.makeTempDir({ prefix: "mcp-multiplayer-" });
  try {
    const path = `${folder}/channel.json`;
    await Deno.writeTextFile(path, file);
    const more = [...args];
    if (receipt !== undefined) {
      await Deno.writeTextFile(`${folder}/receipt.txt`, receipt);
      more.push("--receipt", `${folder}/receipt.txt`);
    }
    const { code, stdout, stderr } = await runVerify([path, "--json", ...more]);
    if (code > 1) throw new Error(stderr);
    return { code, text: stdout, report: JSON.parse(stdout) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
