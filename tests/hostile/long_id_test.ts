/** Ids of any length in paths, queries and forms: what they name is not there, and that is no fault
 *  of the server. */
import assert from "node:assert/strict";
import { Browser } from "../support/browser.ts";
import { Player, roomOf } from "../support/player.ts";
import { testServer } from "../support/server.ts";

const LONG = "x".repeat(5_000);

const PATHS = [
  `/channels/${LONG}`,
  `/channels/${LONG}.svg`,
  `/channels/${LONG}/events`,
  `/channels/${LONG}/hand_over`,
  `/channels/${LONG}/join`,
  `/channels/${LONG}/replay`,
  `/channels/${LONG}/source/${LONG}`,
  `/channels/${LONG}/verify`,
  `/exports/${LONG}`,
  `/games/${LONG}`,
  `/assets/${LONG}`,
  `/join/inv_${LONG}`,
  `/new/${LONG}`,
  `/new?game=${LONG}`,
  `/me?cursor=${LONG}`,
  `/lobby?cursor=${LONG}`,
  `/lobby?game=${LONG}`,
  `/leaderboard?ladder=${LONG}`,
  `/verify?export=${LONG}`,
  `/oauth/authorize?client_id=${LONG}&response_type=code&redirect_uri=http://localhost/`,
  `/get_channel_info?channel_id=${LONG}`,
  `/get_bot_code?channel_id=chn_x&bot_id=${LONG}`,
];

const FORMS: [path: string, field: string][] = [
  ["/me/hide", "channel"],
  ["/me/leave", "channel"],
  ["/me/apps", "revoke"],
  ["/me/sessions", "end"],
  ["/me/leaderboard", "handle"],
  ["/join", "code"],
];

Deno.test("an id of any length is refused, and no fault of the server", async () => {
  await using server = await testServer();
  const { token } = await Player.at(server.url);
  for (const path of PATHS) {
    for (const accept of ["text/html", "application/json"]) {
      const headers = { accept, authorization: `Bearer ${token}` };
      const response = await fetch(server.url + path, { headers, redirect: "manual" });
      await response.body?.cancel();
      assert.ok(response.status < 500, `${response.status} ${path.slice(0, 40)}`);
    }
  }
  const { created: { invites } } = await roomOf(server.url, { slots: ["invite:a"] }, 0);
  const guest = new Browser();
  await guest.open(`${server.url}/join/${invites[0]}`);
  await guest.press("Take this seat in this browser");
  const { values: { proof = "", once = "" } } = guest.form("Say it");
  for (const [path, field] of FORMS) {
    const { status } = await guest.send(server.url + path, { proof, once, [field]: LONG });
    assert.ok(status < 500 && status !== 403, `${status} ${path}`);
  }
  assert.deepEqual(server.logged.filter(({ level }) => level === "error"), []);
});
