/** What a terminal shows, as an SVG picture in both themes. Equal text gives equal bytes. */

const [CELL, LINE, FONT, EDGE] = [7.8, 18, 13, 16];

/** The colours of SGR codes, in light and in dark. */
const COLOURS: Record<string, { name: string; light: string; dark: string }> = {
  "31": { name: "red", light: "#a12b22", dark: "#f0958c" },
  "32": { name: "green", light: "#256b3b", dark: "#8fd3a3" },
  "33": { name: "amber", light: "#8a5a00", dark: "#e8bd6a" },
  "36": { name: "accent", light: "#2f6f5e", dark: "#7fc8b3" },
};
const PAPER = { light: "#faf9f6", dark: "#161512" };
const INK = { light: "#1c1b19", dark: "#e8e6e1" };

interface Run {
  text: string;
  column: number;
  classes: string;
}

/** The picture of a command and of what it prints, with the escape sequences of a terminal. */
export function terminalPicture(command: string, printed: string, columns: number): string {
  // deno-lint-ignore no-control-regex -- that is what they begin with
  if (/\x1b\[(?!\d*m)/.test(printed)) throw new Error("A picture has no place for a moved cursor");
  const lines = [`\x1b[1m$ ${command}\x1b[22m`, ...printed.trimEnd().split("\n")].map(runsIn);
  const width = Math.ceil(columns * CELL + 2 * EDGE);
  const height = lines.length * LINE + 2 * EDGE;
  const rules = (theme: "light" | "dark") =>
    [
      `.paper{fill:${PAPER[theme]}}text{fill:${INK[theme]}}`,
      ...Object.values(COLOURS).map((colour) => `.${colour.name}{fill:${colour[theme]}}`),
    ].join("");
  const rows = lines.flatMap((runs, row) =>
    runs.map(({ text, column, classes }) => {
      const [x, y] = [EDGE + column * CELL, EDGE + row * LINE + FONT];
      const length = ([...text].length * CELL).toFixed(1);
      const style = classes && ` class="${classes}"`;
      return `<text x="${x.toFixed(1)}" y="${y}" textLength="${length}"${style}>${
        escaped(text)
      }</text>`;
    })
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${width} ${height}" role="img">
<title>${escaped(command)}</title>
<style>text{font:${FONT}px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;white-space:pre}
.bold{font-weight:600}.dim{opacity:.65}
${rules("light")}
@media (prefers-color-scheme:dark){${rules("dark")}}</style>
<rect class="paper" width="${width}" height="${height}" rx="8"/>
${rows.join("\n")}
</svg>
`;
}

/** The pieces of a line that have one style each. Spaces at their ends are drawn by the places of
 *  the others. */
function runsIn(line: string): Run[] {
  const runs: Run[] = [];
  let classes: string[] = [];
  let column = 0;
  // deno-lint-ignore no-control-regex -- that is what they begin with
  for (const piece of line.split(/(\x1b\[\d*m)/)) {
    // deno-lint-ignore no-control-regex -- the same
    const [, code] = /^\x1b\[(\d*)m$/.exec(piece) ?? [];
    if (code === undefined) {
      const text = piece.trim();
      const at = column + [...piece].length - [...piece.trimStart()].length;
      if (text !== "") runs.push({ text, column: at, classes: classes.join(" ") });
      column += [...piece].length;
    } else classes = changed(classes, code);
  }
  return runs;
}

function changed(classes: string[], code: string): string[] {
  const colours = Object.values(COLOURS).map(({ name }) => name);
  const without = (names: string[]) => classes.filter((name) => !names.includes(name));
  switch (code) {
    case "":
    case "0":
      return [];
    case "1":
      return [...classes, "bold"];
    case "2":
      return [...classes, "dim"];
    case "22":
      return without(["bold", "dim"]);
    case "39":
      return without(colours);
    default:
      if (!COLOURS[code]) throw new Error(`A terminal has no style ${code} here`);
      return [...without(colours), COLOURS[code].name];
  }
}

function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
