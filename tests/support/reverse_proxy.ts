/** The real nginx and Caddy with the files of deploy/, in front of a server on this machine. Only
 *  ports, folders and certificates are others than an operator's. Clients reach them under the name
 *  in those files, whatever the name resolves to elsewhere. */
import { testAuthority } from "./certificates.ts";
import { freePort } from "./foreign_program.ts";
import { forwardedFetch } from "./forwarded_fetch.ts";

const DEPLOY = new URL("../../deploy/", import.meta.url);

/** The name that stands for the operator's in the files of deploy/. */
export const NAME = "play.example.org";

export interface ReverseProxy extends AsyncDisposable {
  /** The ports that speak https and http. */
  tls: number;
  plain: number;
  /** The file with the authority that clients have to trust, and the folder that it is in. */
  caFile: string;
  folder: string;
  /** Takes this proxy for every host, over TLS. */
  fetch: typeof fetch;
}

/** Starts a proxy in front of the server at `origin`. `change` edits its file first. */
type Start = (origin: string, change?: (text: string) => string) => Promise<ReverseProxy>;

/** Whether a program is installed. */
export function installed(program: string): boolean {
  const { success } = new Deno.Command("sh", { args: ["-c", `command -v ${program}`] })
    .outputSync();
  return success;
}

let made: Promise<{ cert: string; key: string; ca: string }> | undefined;

async function certificate() {
  const authority = await testAuthority();
  return { ...await authority.issue({ names: [NAME] }), ca: authority.cert };
}

export const nginx: Start = async (origin, change = (text) => text) => {
  const folder = await Deno.makeTempDir({ prefix: "mcp-multiplayer-nginx-" });
  const [tls, plain] = [freePort(), freePort()];
  for (const [name, text] of Object.entries(await (made ??= certificate()))) {
    await Deno.writeTextFile(`${folder}/${name}.pem`, text);
  }
  const site = replaced(change(await Deno.readTextFile(new URL("nginx.conf", DEPLOY))), {
    "127.0.0.1:8100": new URL(origin).host,
    "listen 80;": `listen 127.0.0.1:${plain};`,
    "listen [::]:80;": "",
    "listen 443 ssl http2;": `listen 127.0.0.1:${tls} ssl http2;`,
    "listen [::]:443 ssl http2;": "",
    "/etc/letsencrypt/live/play.example.org/fullchain.pem": `${folder}/cert.pem`,
    "/etc/letsencrypt/live/play.example.org/privkey.pem": `${folder}/key.pem`,
  });
  await Deno.writeTextFile(`${folder}/site.conf`, site);
  // As in Debian's own nginx.conf: it compresses.
  await Deno.writeTextFile(
    `${folder}/nginx.conf`,
    `daemon off; user root; pid ${folder}/pid; worker_processes 1; error_log stderr error;
events { worker_connections 256; }
http {
${
      ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) =>
        `${kind}_temp_path ${folder}/${kind};`
      ).join("\n")
    }
gzip on; tcp_nopush on; include ${folder}/site.conf;
}`,
  );
  const args = ["-p", folder, "-e", "stderr", "-c", `${folder}/nginx.conf`];
  return await serving({ program: "nginx", args, folder, tls, plain }, () => `${folder}/ca.pem`);
};

export const caddy: Start = async (origin, change = (text) => text) => {
  const folder = await Deno.makeTempDir({ prefix: "mcp-multiplayer-caddy-" });
  const [tls, plain] = [freePort(), freePort()];
  const site = replaced(change(await Deno.readTextFile(new URL("Caddyfile", DEPLOY))), {
    "127.0.0.1:8100": new URL(origin).host,
  });
  const options = `{
  admin off
  http_port ${plain}
  https_port ${tls}
  default_bind 127.0.0.1
  local_certs
  skip_install_trust
  storage file_system ${folder}/storage
}
`;
  await Deno.writeTextFile(`${folder}/Caddyfile`, options + site);
  const args = ["run", "--config", `${folder}/Caddyfile`, "--adapter", "caddyfile"];
  const root = `${folder}/storage/pki/authorities/local/root.crt`;
  return await serving({ program: "caddy", args, folder, tls, plain }, () => root);
};

/** The text with each piece replaced; a piece that is not there fails the test. */
function replaced(text: string, pieces: Record<string, string>): string {
  for (const [from, to] of Object.entries(pieces)) {
    if (!text.includes(from)) throw new Error(`no "${from}" in the file of deploy/`);
    text = text.replaceAll(from, to);
  }
  return text;
}

interface Program {
  program: string;
  args: string[];
  folder: string;
  tls: number;
  plain: number;
}

/** Starts it and waits until it accepts connections. */
async function serving(
  { program, args, folder, tls, plain }: Program,
  caFileOf: () => string,
): Promise<ReverseProxy> {
  const child = new Deno.Command(program, {
    args,
    cwd: folder,
    env: { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let said = "";
  const reading = (async () => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) said += text;
  })();
  let ended = false;
  child.status.then(() => ended = true);
  const stop = async () => {
    if (!ended) child.kill("SIGTERM");
    await Promise.all([child.status, reading]);
    await Deno.remove(folder, { recursive: true });
  };
  const caFile = caFileOf();
  for (;;) {
    // Caddy listens before it has its certificate.
    const ca = await Deno.readTextFile(caFile).catch(() => undefined);
    const through = ca && forwardedFetch(`https://127.0.0.1:${tls}`, ca);
    if (through && await answers(through)) {
      return { tls, plain, caFile, folder, fetch: through, [Symbol.asyncDispose]: stop };
    }
    if (ended) {
      await stop();
      throw new Error(`${program} ended: ${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function answers(through: typeof fetch): Promise<boolean> {
  try {
    await (await through(`https://${NAME}/healthz`)).body?.cancel();
    return true;
  } catch {
    return false;
  }
}
