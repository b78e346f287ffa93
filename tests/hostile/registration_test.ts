/** The token and registration endpoints, with input that no client would send (RFC 6749 5.2, RFC
 *  7591 5). */
import { LOOPBACK } from "./attacker.ts";
import { attacks, type AttackTable } from "./attacks.ts";

/** Forms and registrations that are malformed. */
function oauth(path: string, body: () => BodyInit, type: string): AttackTable[string][1] {
  return async ({ kit }) =>
    await kit.send(path, { method: "POST", body: body(), headers: { "content-type": type } });
}

const FORM = "application/x-www-form-urlencoded";
const INVALID = "400 INVALID_REQUEST";
const TYPE = "415 UNSUPPORTED_MEDIA_TYPE";
const MALFORMED = ["400 invalid_request", "415 invalid_request", INVALID, TYPE];
const METADATA = ["400 invalid_client_metadata", "400 invalid_redirect_uri", ...MALFORMED];
const LARGE = ["413 invalid_request", "413 TOO_LARGE"];

const OAUTH: AttackTable = {
  "a token request in JSON": [
    MALFORMED,
    oauth("/token", () => '{"grant_type":"client_credentials"}', "application/json"),
  ],
  "a token request with a form of 20 KiB": [
    LARGE,
    oauth("/token", () => `grant_type=${"x".repeat(20 * 1024)}`, FORM),
  ],
  "a token request with a form of 20 KiB in chunks": [
    LARGE,
    oauth("/token", () => new Blob([`grant_type=${"x".repeat(20 * 1024)}`]).stream(), FORM),
  ],
  "a token request with half an escape": [
    [...MALFORMED, "401 invalid_client"],
    oauth("/token", () => "grant_type=%&client_id=%zz%00%ff", FORM),
  ],
  "a token request with a client_id of 4,000 characters": [
    [...MALFORMED, "401 invalid_client"],
    oauth("/token", () => `grant_type=refresh_token&client_id=${"x".repeat(4_000)}`, FORM),
  ],
  "a grant with a special name in JavaScript": [
    ["400 unsupported_grant_type"],
    async ({ kit }) => {
      const { client_id } = await kit.client();
      return await kit.token({ grant_type: "__proto__", client_id });
    },
  ],
  "a client registers with an array": [
    METADATA,
    oauth("/register", () => "[]", "application/json"),
  ],
  "a client registers with null": [
    METADATA,
    oauth("/register", () => "null", "application/json"),
  ],
  "a client registers with 5,000 redirect URIs": [[...METADATA, ...LARGE], async ({ kit }) => {
    return await kit.register({ redirect_uris: Array(5_000).fill(LOOPBACK) });
  }],
  "a client registers with a body that nests 7,000 levels": [
    [...METADATA, "201 ok"],
    oauth(
      "/register",
      () => `{"redirect_uris":["${LOOPBACK}"],"x":${"[".repeat(7_000)}${"]".repeat(7_000)}}`,
      "application/json",
    ),
  ],
  "a client registers a name that is not a string": [METADATA, async ({ kit }) => {
    return await kit.register({ client_name: { toString: "x" } });
  }],
  "a client registers a name of 5,000 characters": [METADATA, async ({ kit }) => {
    return await kit.register({ client_name: "x".repeat(5_000) });
  }],
  "a client registers an unknown auth method": [METADATA, async ({ kit }) => {
    return await kit.register({ token_endpoint_auth_method: "__proto__" });
  }],
  "a client registers the id and the secret it would like to have": ["its own", async (scene) => {
    const { kit, victim } = scene;
    const wanted = { client_id: victim.app.client_id, client_secret: "chosen-by-the-client" };
    const { json } = await kit.register(wanted);
    return json.client_id !== wanted.client_id && json.client_secret === undefined
      ? "its own"
      : "another's";
  }],
};

attacks("the endpoints of sign-in", OAUTH);
