/** Opens a web address as the desktop does. */

const OPENERS: Partial<Record<typeof Deno.build.os, string[]>> = {
  darwin: ["open"],
  windows: ["explorer.exe"],
  linux: ["xdg-open"],
};

/** Whether a program was there to open it. */
export async function openBrowser(address: string): Promise<boolean> {
  const [program, ...args] = OPENERS[Deno.build.os] ?? [];
  if (program === undefined) return false;
  try {
    const { success } = await new Deno.Command(program, {
      args: [...args, address],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
}
