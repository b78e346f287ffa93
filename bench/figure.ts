/** Measured figures, their targets, and the table that shows them. */

export type Unit = "ms" | "s" | "/s" | "MB" | "x" | "%" | "B" | "";

export interface Figure {
  name: string;
  value: number;
  unit: Unit;
  target?: { atMost: number } | { atLeast: number };
  /** The same figure of the original Python server, if it was measured. */
  original?: string;
}

/** Whether a figure meets its target; null without a target. */
export function met({ value, target }: Figure): boolean | null {
  if (target === undefined) return null;
  return "atMost" in target ? value <= target.atMost : value >= target.atLeast;
}

function shown(value: number, unit: Unit): string {
  const digits = unit === "ms" || unit === "x" ? 2 : unit === "MB" ? 1 : 0;
  const gap = unit === "/s" || unit === "%" || unit === "x" ? "" : " ";
  return `${value.toFixed(digits)}${gap}${unit}`;
}

function wanted({ unit, target }: Figure): string {
  if (target === undefined) return "";
  return "atMost" in target
    ? `<= ${shown(target.atMost, unit)}`
    : `>= ${shown(target.atLeast, unit)}`;
}

/** The figures of one case, and the CPU use of other processes during it. */
export interface Measured {
  figures: Figure[];
  /** CPU cores that processes other than this one and the server used. */
  foreignCores: number;
}

/** Above this use by others, a figure is unreliable. */
const NOISY_CORES = 0.1;

/** One aligned table, a group of rows for each case. */
export function table(measured: ReadonlyMap<string, Measured>): string {
  const rows = [["", "measured", "target", "", "original"]];
  const noise: string[] = [];
  for (const [name, { figures, foreignCores }] of measured) {
    rows.push([], [name]);
    if (foreignCores > NOISY_CORES) noise.push(`${name} ${foreignCores.toFixed(2)}`);
    for (const figure of figures) {
      const ok = met(figure);
      const verdict = ok === null ? "" : ok ? "met" : "MISSED";
      const { value, unit, original = "" } = figure;
      rows.push([`  ${figure.name}`, shown(value, unit), wanted(figure), verdict, original]);
    }
  }
  const columns = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const right = new Set([1, 2]);
  const lines = rows.map((row) =>
    row.map((cell, i) => right.has(i) ? cell.padStart(columns[i]!) : cell.padEnd(columns[i]!))
      .join("  ").trimEnd()
  );
  if (noise.length > 0) {
    lines.push(
      "",
      `Other processes used CPU cores during: ${noise.join(", ")}. Run these cases again.`,
    );
  }
  return lines.join("\n");
}
