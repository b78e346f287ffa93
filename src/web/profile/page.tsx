/** `/me`: whom a browser speaks for, and what belongs to that person or guest. */
import type { BrowserCaller } from "../../accounts/access/browser.ts";
import type { RefusedForm } from "../channel/acting.ts";
import { writtenIn } from "../channel/parts/written.ts";
import type { Html } from "../frame/page.tsx";
import { type Account, accountParts } from "./account.tsx";
import { ownChannels, type OwnList } from "./own_channels.tsx";

export interface Profile {
  caller: BrowserCaller;
  /** Whether people can sign in here. */
  signsIn: boolean;
  list: OwnList;
  /** Absent for guests. */
  account?: Account | undefined;
  /** Whether the person may look at the page for operators. */
  operates: boolean;
  /** The form that had no effect. */
  refused?: RefusedForm | undefined;
}

export function profilePage({ caller, signsIn, list, account, operates, refused }: Profile): Html {
  return (
    <>
      {refused !== undefined && (
        <div class="problem" role="alert">
          <p>{refused.refusal.text}</p>
        </div>
      )}
      {whoYouAre(caller, signsIn)}
      {operates && (
        <p class="actions">
          <a class="button" href="/operator">State of the server</a>
        </p>
      )}
      {caller.kind === "visitor" ? ways(signsIn) : (
        <>
          <h2 id="channels">Your channels</h2>
          {ownChannels(list, caller)}
        </>
      )}
      {caller.kind === "guest" && keepSeats(signsIn)}
      {account && accountParts(account, caller.proof, refused && writtenIn(refused.form))}
    </>
  );
}

function whoYouAre({ kind, name, principal }: BrowserCaller, signsIn: boolean): Html {
  switch (kind) {
    case "person":
      return (
        <p>
          You are signed in as{" "}
          <b>
            <bdi>{name}</bdi>
          </b>{" "}
          (<bdi>{principal}</bdi>).
        </p>
      );
    case "guest":
      return (
        <p>
          You are a guest,{" "}
          <bdi>{principal}</bdi>. A cookie of this browser is the only key to what is listed here:
          who clears it, or uses another browser, is somebody else. It lasts 180 days.
        </p>
      );
    case "visitor":
      return (
        <p>
          You are a visitor. This server knows nothing of you, and this browser has no channels yet.
          {signsIn
            ? " You become somebody here by taking a seat, or by signing in."
            : " You become somebody here by taking a seat."}
        </p>
      );
  }
}

function ways(signsIn: boolean): Html {
  return (
    <>
      <p class="actions">
        <a class="button main" href="/lobby?open=yes">Open seats</a>
        <a class="button" href="/join">Take a seat by an invite</a>
        <a class="button" href="/new">Open a table</a>
        {signsIn && <a class="button" href="/login">Sign in</a>}
      </p>
      <p>
        Your agent is somebody of its own: each app that plays as a guest is another guest, and its
        channels are not listed here.
      </p>
    </>
  );
}

function keepSeats(signsIn: boolean): Html {
  return (
    <>
      <h2 id="keep">Keep a seat</h2>
      <p>
        Each seat has a rejoin token. Take it with “Rejoin token” above, and keep it somewhere safe:
        whoever has it takes the seat, in any browser at{" "}
        <a href="/join">/join</a>, or as an agent. So it is also how you hand the seat to your
        agent.
      </p>
      {signsIn && (
        <p>
          To bring your seats along when you sign in: keep their tokens first,{" "}
          <a href="/login">sign in</a>, and take the seats back at{" "}
          <a href="/join">/join</a>. What you have made as a guest stays the guest’s.
        </p>
      )}
    </>
  );
}
