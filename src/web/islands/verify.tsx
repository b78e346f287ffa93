/** The script of `/verify` and of `verify.html`: takes a file, has Workers verify it, and shows
 *  what they find. It sends the file nowhere. */
import { signal } from "@preact/signals";
import { render } from "preact";
import { VERIFIER_LIMITS } from "../../domain/limits/verifier.ts";
import type { CheckName } from "../../verify/report.ts";
import type { Finding, News, Order } from "./verify/messages.ts";
import { SUBJECTS } from "./verify/verdict.ts";
import { FindingView } from "./verify/finding.tsx";
import { workersOf } from "./verify/workers.ts";

type State =
  | { kind: "idle" }
  | { kind: "working"; check?: CheckName; moves?: number }
  | { kind: "unusable"; why: string }
  | { kind: "verified"; finding: Finding };

const root = document.getElementById("verify")!;
/** In a page of the server: its host, its public keys, and the path of a file to begin with. */
const { host, keys = "", file: path } = root.dataset;
const workers = workersOf(root.dataset);
const state = signal<State>({ kind: "idle" });
const isOver = signal(false);
const receipt = signal("");
let running: Worker | undefined;

const MEGABYTES = VERIFIER_LIMITS.inputBytes / 1_000_000;

function start(file: Blob): void {
  stop();
  state.value = { kind: "working" };
  const worker = running = new Worker(workers.verify);
  const end = (result: State) => {
    stop();
    state.value = result;
  };
  worker.onerror = (event) => {
    event.preventDefault();
    end({ kind: "unusable", why: "The browser did not run the verifier." });
  };
  worker.onmessage = ({ data }: MessageEvent<News>) => {
    if (data.kind === "at") state.value = { ...data, kind: "working" };
    else end(data);
  };
  const order: Order = {
    file,
    guest: workers.guest,
    receipt: receipt.value.trim() || undefined,
    server: host === undefined ? undefined : { host, keys: keys.split(" ") },
  };
  worker.postMessage(order);
}

function stop(): void {
  running?.terminate();
  running = undefined;
  state.value = { kind: "idle" };
}

/** Verifies an export that this server offers. */
async function fetchAndStart(path: string): Promise<void> {
  state.value = { kind: "working" };
  try {
    const response = await fetch(path, {
      headers: { accept: "application/json" },
    });
    if (response.ok) return start(await response.blob());
    const { detail } = await response.json();
    state.value = { kind: "unusable", why: String(detail) };
  } catch {
    state.value = {
      kind: "unusable",
      why: "The file could not be downloaded. Try again.",
    };
  }
}

function App() {
  return (
    <>
      <Chooser />
      <div role="status">
        <Progress />
      </div>
      <Result />
    </>
  );
}

function Chooser() {
  const take = (files: FileList | null | undefined) => {
    const file = files?.[0];
    if (file) start(file);
  };
  return (
    <>
      <label
        class={isOver.value ? "drop over" : "drop"}
        onDragOver={(event) => {
          event.preventDefault();
          isOver.value = true;
        }}
        onDragLeave={() => isOver.value = false}
        onDrop={(event) => {
          event.preventDefault();
          isOver.value = false;
          take(event.dataTransfer?.files);
        }}
      >
        <span>Drop an export here, or choose the file</span>
        <input
          type="file"
          accept=".json,application/json"
          onChange={({ currentTarget }) => {
            take(currentTarget.files);
            // The same file can be chosen again.
            currentTarget.value = "";
          }}
        />
        <span class="quiet">
          Up to {MEGABYTES} MB. It stays on your machine.
        </span>
      </label>
      <details>
        <summary>I kept a receipt from the game</summary>
        <label for="receipt">
          Paste it before you choose the file. Then the check also shows that nothing has changed
          since.
        </label>
        <textarea
          id="receipt"
          rows={6}
          spellcheck={false}
          value={receipt.value}
          onInput={({ currentTarget }) => receipt.value = currentTarget.value}
        />
      </details>
    </>
  );
}

function Progress() {
  const now = state.value;
  if (now.kind !== "working") return null;
  const what = now.check === undefined
    ? "Reading the file"
    : now.moves === undefined
    ? `Checking: ${SUBJECTS[now.check]}`
    : `Running moves again: ${now.moves} so far`;
  return (
    <div class="progress">
      <progress aria-label="Verification" />
      <span>{what}</span>
      <button type="button" onClick={stop}>Stop</button>
    </div>
  );
}

function Result() {
  const now = state.value;
  if (now.kind === "verified") return <FindingView finding={now.finding} />;
  if (now.kind !== "unusable") return null;
  return (
    <section class="verdict open" role="alert">
      <div>
        <h2>Nothing was verified.</h2>
        <p>{now.why}</p>
      </div>
    </section>
  );
}

root.replaceChildren();
render(<App />, root);
if (path !== undefined) fetchAndStart(path);
