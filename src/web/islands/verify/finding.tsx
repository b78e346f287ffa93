/** The result of a verification: the verdict, every check, and every entry. Texts of the file are
 *  shown as plain text, without characters that change how others read. */
import { plainLine } from "../../../verify/plain_text.ts";
import type { Check, Move } from "../../../verify/report.ts";
import type { Finding, Shown } from "./messages.ts";
import { reason, type Seal, sealOf, SUBJECTS, verdictOf } from "./verdict.ts";
import { SealSign } from "./seal.tsx";

const WORDS = {
  passed: "passed",
  failed: "failed",
  unknown: "undecided",
} as const;

export function FindingView({ finding }: { finding: Finding }) {
  const { report, name } = finding;
  const { seal, headline, more } = verdictOf(finding);
  const wrong = report.checks.find(({ verdict }) => verdict === "failed");
  const fault = finding.entries.find(({ id }) => id === wrong?.id);
  return (
    <>
      <section class={`verdict ${seal}`} aria-labelledby="verdict">
        <SealSign seal={seal} />
        <div>
          <h2 id="verdict" tabIndex={-1}>{headline}</h2>
          {more.map((text) => <p key={text}>{plainLine(text)}</p>)}
          {fault && (
            <EntryText
              label={`Entry ${fault.id} in the file, from ${plainLine(fault.sender)}:`}
              entry={fault}
            />
          )}
          {!wrong && <Signer finding={finding} />}
          {report.channel_id !== "" && (
            <p class="quiet">
              {name !== "" && (
                <>
                  <bdi>{plainLine(name)}</bdi>,{" "}
                </>
              )}
              <code>{plainLine(report.channel_id)}</code>, {report.entries} entries
            </p>
          )}
        </div>
      </section>
      <h3>What was checked</h3>
      <ul class="checks">
        {report.checks.map((check) => <CheckRow key={check.check} check={check} />)}
      </ul>
      {finding.entries.length > 0 && <Entries finding={finding} />}
    </>
  );
}

function Signer({ finding: { own } }: { finding: Finding }) {
  if (own === undefined) return null;
  return own ? <p>This server signed the log.</p> : (
    <p>
      <strong>Another server signed the log.</strong>{" "}
      Compare the key below with the one of the server where the game was played.
    </p>
  );
}

function CheckRow({ check }: { check: Check }) {
  const { id, text, verdict } = check;
  return (
    <li>
      <SealSign seal={sealOf(check)} word={WORDS[verdict]} />
      <div>
        <strong>{SUBJECTS[check.check]}:</strong> {id === undefined ? "" : `Entry ${id}: `}
        {plainLine(text)}
      </div>
    </li>
  );
}

/** What the replay says of one entry. */
interface Judged {
  seal: Seal;
  word: string;
}

function judgements({ moves, report }: Finding): Map<number, Judged> {
  const judged = new Map<number, Judged>();
  for (const move of moves) {
    for (const id of move.effects) judged.set(id, judgement(move));
  }
  for (const { verdict, id } of report.checks) {
    if (verdict === "failed" && id !== undefined) {
      judged.set(id, { seal: "differs", word: "differs" });
    }
  }
  return judged;
}

function judgement({ obstacle }: Move): Judged {
  return obstacle === undefined
    ? { seal: "same", word: "re-run here, the same" }
    : { seal: "open", word: `not re-run here: ${plainLine(reason(obstacle))}` };
}

function Entries({ finding }: { finding: Finding }) {
  const judged = judgements(finding);
  const { entries, report } = finding;
  const left = report.entries - entries.length;
  return (
    <details>
      <summary>Entry by entry</summary>
      <p class="quiet">
        Referees wrote the entries with a seal; members and the server wrote the others.
        {left > 0 &&
          ` ${left} more entries were checked, but are not listed here.`}
      </p>
      <ol class="entries">
        {entries.map((entry) => {
          const found = judged.get(entry.id);
          return (
            <li value={entry.id}>
              <EntryText label={plainLine(entry.sender)} entry={entry} />
              {found && <SealSign seal={found.seal} word={found.word} />}
            </li>
          );
        })}
      </ol>
    </details>
  );
}

function EntryText(
  { label, entry: { text } }: { label: string; entry: Shown },
) {
  return (
    <div class="entry">
      <span class="quiet">{label}</span>{" "}
      {text === undefined ? <em>hidden from you; its hash is in the log</em> : (
        <code>
          <bdi>{plainLine(text)}</bdi>
        </code>
      )}
    </div>
  );
}
