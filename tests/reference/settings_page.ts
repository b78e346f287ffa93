/** `docs/reference/settings.md`: the settings, with the texts of `.env.example`. */
import { SETTINGS } from "../../src/config/config.ts";
import { table } from "./schema_words.ts";

const EXAMPLE = new URL("../../.env.example", import.meta.url);

interface Block {
  text: string;
  settings: { name: string; value: string; isSet: boolean }[];
}

export async function settingsPage(): Promise<string> {
  const [intro, ...blocks] = blocksIn(await Deno.readTextFile(EXAMPLE));
  const named = blocks.flatMap(({ settings }) => settings.map(({ name }) => name));
  const others = SETTINGS.filter((name) => !named.includes(name));
  return `# Settings

${intro!.text}

${blocks.map(section).join("\n\n")}

Beside these, the server reads ${others.map((name) => `\`${name}\``).join(" and ")}, which is
mentioned above or set by Deno Deploy.
`;
}

function section({ text, settings }: Block): string {
  const names = settings.map(({ name }) => `\`${name}\``).join(", ");
  const rows = settings.map(({ name, value, isSet }) => [
    `\`${name}\``,
    isSet ? `\`${value}\`` : "",
    !isSet && value ? `\`${value}\`` : "",
  ]);
  return `## ${names.replaceAll("`", "")}\n\n${text}\n\n${
    table(["setting", "default", "example"], rows)
  }`;
}

/** Comments, each with the lines of settings below it. */
function blocksIn(file: string): Block[] {
  return file.trim().split(/\n{2,}/).map((block) => {
    const lines = block.split("\n");
    const isSetting = (line: string) => /^#?[A-Z][A-Z0-9_]*=/.test(line);
    const settings = lines.filter(isSetting).map((line) => {
      const [, off, name, value] = /^(#?)([A-Z0-9_]+)=(.*)$/.exec(line)!;
      return { name: name!, value: value!, isSet: off === "" };
    });
    const text = lines.filter((line) => !isSetting(line)).map((line) => line.replace(/^# ?/, ""));
    return { text: text.join("\n"), settings };
  });
}
