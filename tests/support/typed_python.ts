/** Pyright, the type checker of Python, on sources beside `bots/bot.pyi`. */
import testsConfig from "../deno.json" with { type: "json" };

const STUB = new URL("../../bots/bot.pyi", import.meta.url);
const CONFIG = new URL("../deno.json", import.meta.url).pathname;

interface Diagnostic {
  file: string;
  severity: string;
  message: string;
  range: { start: { line: number } };
}

/** What pyright says of the sources, a line each: of their use of the stub, and of the stub. */
export async function pythonComplaints(sources: Record<string, string>): Promise<string[]> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.copyFile(STUB, `${folder}/bot.pyi`);
    const config = JSON.stringify({ pythonVersion: "3.12" });
    const files = { ...sources, "pyrightconfig.json": config };
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--allow-all", "--cached-only", `--config=${CONFIG}`],
        ...[testsConfig.imports.pyright, "--outputjson", "--project", folder],
      ],
    }).output();
    const text = new TextDecoder().decode(stdout);
    if (text === "") throw new Error(new TextDecoder().decode(stderr));
    const { generalDiagnostics } = JSON.parse(text) as { generalDiagnostics: Diagnostic[] };
    return generalDiagnostics.map(({ file, message, range }) =>
      `${file.replace(`${folder}/`, "")}:${range.start.line + 1} ${message}`
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
