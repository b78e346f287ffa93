/** Checks an export and trusts nothing in it: the file, its log, the signature, the announcements
 *  and, given engines, that a replay of the referees writes the same entries. Needs no network,
 *  clock or server, and also runs in a browser. */
import { ChannelExport } from "../domain/proof/channel_export.ts";
import { type AnnouncedBot, announcedBots, checkSeeds, checkSources } from "./announced_bots.ts";
import { checkBeacon } from "./beacon.ts";
import { checkEvidence } from "./evidence.ts";
import {
  checkIds,
  checkpointIn,
  checkSalts,
  checkSignature,
  checkTimes,
  checkTree,
  leavesOf,
} from "./log_checks.ts";
import { checkCommitments } from "./commitments.ts";
import type { LogProof } from "../domain/proof/log_proof.ts";
import { checkProof } from "./proof_check.ts";
import { checkReceipt } from "./receipt_check.ts";
import { replay, type Replayed } from "./replay.ts";
import { type Replayer, until } from "./replayer.ts";
import { interventionsText } from "./interventions.ts";
import { checkSpeakers } from "./who_may_speak.ts";
import {
  type Check,
  checked,
  type CheckName,
  cut,
  type Move,
  outOfTime,
  type Report,
  Stopped,
} from "./report.ts";
import { refuseUnusedEvidence, refuseUnusedSources } from "./unused.ts";

export interface VerifyOptions {
  /** Receipts of members, as text. The log that each covers must be the beginning of this one. */
  receipts?: readonly string[];
  /** Answers of `get_proof`: each must be about this log. */
  proofs?: readonly LogProof[];
  /** The only accepted public keys, base64. Default: the keys in the file. */
  trustedKeys?: readonly string[] | undefined;
  /** Hashes of the accepted drand chains. Default: quicknet. */
  trustedChains?: readonly string[] | undefined;
  /** Ends the verification: checks that are not completed become `unknown`, and the report is not
   *  `ok`. */
  signal?: AbortSignal;
  /** The engines; without them nothing is replayed. */
  replayer?: Replayer | undefined;
  /** Called as the verification goes on. */
  progress?: Progress | undefined;
}

/** What somebody who watches a verification learns of it. */
export interface Progress {
  /** The file is an export. */
  read(file: ChannelExport): void;
  began(check: CheckName): void;
  moved(move: Move): void;
}

/** Verifies parsed JSON. Never throws because of the file's content. */
export async function verifyExport(json: unknown, options: VerifyOptions = {}): Promise<Report> {
  const parsed = ChannelExport.safeParse(json);
  if (!parsed.success) return unreadable(parsed.error.issues[0]);
  const file = parsed.data;
  const hooks = { replayed: 0, unknown: 0 };
  const checks: Check[] = [{ check: "format", verdict: "passed", text: file.format }];
  const { signal, progress } = options;
  progress?.read(file);
  const check: Run = async (name, find) => {
    progress?.began(name);
    // Let the timer behind `signal` fire.
    if (signal) await new Promise((resolve) => setTimeout(resolve));
    const done = signal?.aborted ? outOfTime(name) : await checked(name, find);
    checks.push(done);
    return done.verdict !== "failed";
  };
  await checkAll(file, options, check, hooks);
  const stopped = checks.some((done) => done.stopped);
  const ok = !stopped && checks.every(({ verdict }) => verdict !== "failed");
  return {
    ok,
    ...(stopped && { stopped }),
    channel_id: file.channel_id,
    entries: file.entries.length,
    hooks,
    checks,
  };
}

type Run = (...args: Parameters<typeof checked>) => Promise<boolean>;

/** Runs the checks in order. Later ones rest on earlier ones, so it stops after a failure that
 *  makes them meaningless. */
async function checkAll(
  file: ChannelExport,
  { receipts = [], proofs = [], trustedKeys, trustedChains, signal, replayer, progress }:
    VerifyOptions,
  check: Run,
  hooks: Report["hooks"],
): Promise<void> {
  if (!await check("ids", () => checkIds(file))) return;
  await check("times", () => checkTimes(file));
  let leaves: Uint8Array[] = [];
  const intact = await check("hashes", () => {
    leaves = leavesOf(file);
    return "every entry matches its hash";
  });
  if (!intact) return;
  await check("tree", () => checkTree(file, leaves));
  await check("signature", async () => {
    const { public_key, until } = await checkSignature(
      checkpointIn(file),
      file.keys,
      trustedKeys,
    );
    if (trustedKeys) return `by a key that you trust, ${public_key}`;
    const last = file.entries.at(-1)?.ts ?? "";
    if (until === null || until >= last) {
      return `by ${public_key}: compare it with the server's key`;
    }
    const text = `by ${public_key}, which the server replaced before the last entry`;
    return { check: "signature", verdict: "unknown", text };
  });
  const keys = trustedKeys ?? file.keys.map(({ public_key }) => public_key);
  const trusted = trustedKeys !== undefined;
  for (const receipt of receipts) {
    await check("receipt", () => checkReceipt(receipt, checkpointIn(file), keys, leaves, trusted));
  }
  for (const proof of proofs) {
    await check("proof", () => {
      const current = checkpointIn(file);
      return checkProof(proof, { entries: file.entries, leaves, current, keys, trusted });
    });
  }
  if (!await check("speakers", () => checkSpeakers(file) + interventionsText(file.entries))) return;
  await check("salts", () => checkSalts(file));
  let bots: AnnouncedBot[] = [];
  const announced = await check("sources", () => {
    refuseUnusedSources(file);
    return checkSources(file, bots = announcedBots(file));
  });
  const committed = await check("seeds", () => checkSeeds(file, bots));
  const beaconed = await check("beacon", () => checkBeacon(file, trustedChains, signal));
  const recorded = await check("evidence", () => {
    refuseUnusedEvidence(file);
    return checkEvidence(file);
  });
  await check("commitments", () => checkCommitments(file));
  if (!announced || !committed || !beaconed || !recorded) return;
  await check("replay", async () => {
    if (!replayer) return { check: "replay", verdict: "unknown", text: "not requested" };
    const moved = (move: Move) => progress?.moved(move);
    const result: Replayed = { replayed: 0, unknown: new Map(), brought: new Set(), moved };
    const stopped = await replay(file, leaves, until(replayer, signal), result, signal).then(
      () => false,
      (error) => error instanceof Stopped || Promise.reject(error),
    );
    hooks.replayed = result.replayed;
    hooks.unknown = [...result.unknown.values()].reduce((sum, count) => sum + count, 0);
    const found = replayText(result);
    return stopped ? outOfTime("replay", found.text) : found;
  });
}

function replayText({ replayed, unknown, brought }: Replayed): Check {
  const why = [...unknown].map(([reason, count]) => `${count} because ${reason}`).join(", ");
  const modules = [...brought].join(", ");
  const text = `${replayed} hooks replayed with equal results` +
    (modules && `, with other modules than this verifier has: read them in the file (${modules})`);
  return why
    ? { check: "replay", verdict: "unknown", text: `${text}; not replayed: ${why}` }
    : { check: "replay", verdict: "passed", text };
}

function unreadable(issue: { path: PropertyKey[]; message: string } | undefined): Report {
  const path = issue?.path.map(String) ?? [];
  const at = path[0] === "entries" && path[1] !== undefined ? Number(path[1]) + 1 : undefined;
  const text = `The file is not an export of a known format: ${
    path.join(".") || "the file"
  }: ${issue?.message}`;
  const failed = {
    check: "format",
    verdict: "failed",
    ...(at && { id: at }),
    text: cut(text),
  } as const;
  return {
    ok: false,
    channel_id: "",
    entries: 0,
    hooks: { replayed: 0, unknown: 0 },
    checks: [failed],
  };
}
