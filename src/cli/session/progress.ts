/** Shows a person at a terminal that work goes on. Elsewhere it says so once. */
import type { Output } from "./output.ts";

/** Does the work; `say` changes what is shown meanwhile. */
export async function withProgress<T>(
  out: Output,
  text: string,
  work: (say: (text: string) => void) => Promise<T>,
): Promise<T> {
  if (!out.isInteractive) {
    out.note(text);
    return await work(() => {});
  }
  const [{ spinner }, { default: process }] = await Promise.all([
    import("@clack/prompts"),
    import("node:process"),
  ]);
  const shown = spinner({ output: process.stderr });
  shown.start(text);
  try {
    return await work((text) => shown.message(text));
  } finally {
    shown.clear();
  }
}
