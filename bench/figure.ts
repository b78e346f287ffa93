/** A figure that was measured, what is asked of it, and how a list of them is shown. */

export type Unit = "ms" | "/s" | "MB" | "x" | "%" | "";

export interface Figure {
  name: string;
  value: number;
  unit: Unit;
  target?: { atMost: number } | { atLeast: number };
  /** What the original Python server does, where that was measured. */
  original?: string;
}

/** Null for a figure that is only told. */
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

/** One case's figures, and how much of the machine was not ours while they were measured. */
export interface Measured {
  figures: Figure[];
  /** Cores that neither this process nor the server used. */
  foreignCores: number;
}

/** From here on a figure can't be trusted. */
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
      `Other processes used the CPU meanwhile, in cores: ${noise.join(", ")}. Run it again.`,
    );
  }
  return lines.join("\n");
}
