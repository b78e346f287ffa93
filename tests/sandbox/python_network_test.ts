/** Network requests of Python bots, over real connections. */
import assert from "node:assert/strict";
import type { BotNetwork } from "../../src/sandbox/launch/host_process.ts";
import { selfSigned } from "../support/certificates.ts";
import { webServer } from "../support/web_server.ts";
import { onlyPost } from "./job.ts";
import { pythonHost, pythonInitJob, pythonJob } from "./python_job.ts";

const OPEN: BotNetwork = { schemes: "http", denied: [], test: { loopback: true, caCerts: [] } };

const PRICE_BOT = `class BitcoinPriceBot:
    """Posts the price of a bitcoin when someone asks."""
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_init(self):
        self.ctx.post('system', 'Ask me for the price')

    def on_message(self, msg):
        if 'price' not in msg.get('body', {}).get('text', ''):
            return
        import requests
        try:
            r = requests.get("https://api.coinbase.com/v2/prices/BTC-USD/spot", timeout=5)
            r.raise_for_status()
            self.ctx.post('bot', {"type": "price", "usd": float(r.json()["data"]["amount"])})
        except requests.exceptions.RequestException as e:
            self.ctx.post('bot', {"type": "error", "text": str(e)})
`;

Deno.test("BitcoinPriceBot of the original server runs unmodified", async () => {
  const asked: string[] = [];
  const market = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    asked.push(new URL(request.url).pathname);
    return Response.json({ data: { base: "BTC", currency: "USD", amount: "97000.12" } });
  });
  const { port } = market.addr;
  await using host = await pythonHost({ network: OPEN });
  const fields = {
    class_name: "BitcoinPriceBot",
    hook: "on_message",
    args: [{ kind: "user", body: { text: "what is the price?" } }],
  } as const;
  const here = PRICE_BOT.replace("https://api.coinbase.com", `http://localhost:${port}`);
  const net = [`localhost:${port}`];
  const args = [...fields.args];
  const priced = await host.run(pythonJob(here, { ...fields, args, net }));
  assert.deepEqual(onlyPost(priced), { type: "price", usd: 97000.12 });
  assert.deepEqual(asked, ["/v2/prices/BTC-USD/spot"]);
  const refused = await host.run(pythonJob(here, { ...fields, args, net: ["a.example.org"] }));
  assert.match(JSON.stringify(onlyPost(refused)), /"type":"error","text":"localhost/);
  await market.shutdown();
});

/** The body of `on_init`, where URL is the site's origin, and the body of its only post. */
const POSTS: Record<string, [body: string, post: Record<string, unknown>]> = {
  "requests.get with a query": [
    `import requests
r = requests.get(URL + '/echo?z=1', params={'a': '1 2', 'b': [3, 4]}, headers={'Accept': 'text/x'}, timeout=(3, 5))
seen = r.json()
self.ctx.post('bot', {'url': seen['url'], 'accept': seen['headers']['accept'], 'ok': r.ok, 'code': r.status_code,
    'type': r.headers['Content-Type'], 'same': r.text == r.content.decode()})`,
    {
      url: "/echo?z=1&a=1+2&b=3&b=4",
      accept: "text/x",
      ok: true,
      code: 200,
      type: "application/json",
      same: true,
    },
  ],
  "requests.post of JSON, of a form, of text": [
    `from requests import Session
with Session() as s:
    s.headers.update({'accept': 'text/y'})
    answers = [s.post(URL + '/echo', **d).json() for d in ({'json': {'é': 1}}, {'data': {'a': 'é'}}, {'data': 'hé'})]
self.ctx.post('bot', {'results': [[a['method'], a['body'], a['headers'].get('content-type')] for a in answers],
    'accept': answers[2]['headers']['accept']})`,
    {
      results: [
        ["POST", '{"é":1}', "application/json"],
        ["POST", "a=%C3%A9", "application/x-www-form-urlencoded"],
        ["POST", "hé", null],
      ],
      accept: "text/y",
    },
  ],
  "a status that is an error": [
    `import requests
r = requests.get(URL + '/nowhere')
try: r.raise_for_status()
except requests.HTTPError as e: results = [str(e).split(' for ')[0], e.response.status_code, bool(r)]
self.ctx.post('bot', {'results': results})`,
    { results: ["404 Client Error: Not Found", 404, false] },
  ],
  "bytes after a redirect": [
    `import requests
r = requests.get(URL + '/redirect?to=' + '/bytes%3Fn%3D200000')
self.ctx.post('bot', {'bytes': len(r.content), 'url': r.url.removeprefix(URL)})`,
    { bytes: 200000, url: "/bytes?n=200000" },
  ],
  "requests with a cookie, a key, and a name of its own": [
    `import requests
from requests.auth import HTTPBasicAuth
from requests.adapters import HTTPAdapter
with requests.Session() as s:
    s.mount('http://', HTTPAdapter(max_retries=2))
    s.cookies.set('a', '1')
    s.headers['User-Agent'] = 'mine'
    h = s.get(URL + '/echo', auth=HTTPBasicAuth('u', 'p'), cookies={'b': '2'}).json()['headers']
self.ctx.post('bot', {'cookie': h['cookie'], 'auth': h['authorization'], 'mine': h['user-agent'] == 'mine',
    'codes': [requests.codes.ok, requests.codes['not_found'], requests.codes.TOO_MANY_REQUESTS]})`,
    { cookie: "a=1; b=2", auth: "Basic dTpw", mine: false, codes: [200, 404, 429] },
  ],
  "requests that do not follow": [
    `import requests
r = requests.get(URL + '/redirect?to=/echo', allow_redirects=False)
self.ctx.post('bot', {'code': r.status_code, 'to': r.headers['location'], 'redirect': r.is_redirect,
    'parts': [len(part) for part in requests.get(URL + '/bytes?n=3', stream=True).iter_content(2)]})`,
    { code: 302, to: "/echo", redirect: true, parts: [2, 1] },
  ],
  "every error of requests": [
    `import requests
from requests import exceptions as e
told = []
try: requests.get(URL + '/bytes?n=3').json()
except e.JSONDecodeError as error: told.append([isinstance(error, ValueError), isinstance(error, e.RequestException)])
for kind in (e.ConnectTimeout, e.ReadTimeout, e.SSLError, e.ProxyError, e.MissingSchema, e.InvalidURL,
             e.ChunkedEncodingError, e.ContentDecodingError, e.RetryError, e.TooManyRedirects, e.InvalidHeader):
    assert issubclass(kind, e.RequestException)
try: requests.post(URL + '/echo', json={'a': {1}})
except e.InvalidJSONError as error: told.append(str(error))
self.ctx.post('bot', {'told': told})`,
    { told: [[true, true], "requests: json= must be JSON: set is not JSON"] },
  ],
  "what of requests does not work, by name": [
    `import requests
told = []
for attempt in (lambda: requests.put(URL), lambda: requests.delete(URL, timeout=3), lambda: requests.head(URL),
                lambda: requests.get(URL, verify=False), lambda: requests.get(URL, proxies={'http': 'a'}),
                lambda: requests.post(URL, files={'a': b''}), lambda: requests.get(URL, nonsense=1)):
    try: attempt()
    except Exception as e: told.append(str(e).removeprefix('requests: ').split(' does not')[0].split(' ')[-1])
self.ctx.post('bot', {'told': told})`,
    {
      told: [
        "requests.put",
        "requests.delete",
        "requests.head",
        "verify=",
        "proxies=",
        "files=",
        "'nonsense'",
      ],
    },
  ],
  "urllib.request": [
    `import json, urllib.request, urllib.error
with urllib.request.urlopen(URL + '/echo', timeout=3) as f: got = json.load(f)
request = urllib.request.Request(URL + '/echo', data=b'a=1', headers={'X-Own': '2'})
posted = json.loads(urllib.request.urlopen(request).read().decode())
try: urllib.request.urlopen(URL + '/nowhere')
except urllib.error.HTTPError as e: code = e.code
self.ctx.post('bot', {'got': got['method'], 'posted': [posted['method'], posted['body'], posted['headers']['x-own']], 'code': code})`,
    { got: "GET", posted: ["POST", "a=1", "2"], code: 404 },
  ],
  "fetch": [
    `r = self.ctx.fetch(URL + '/echo', method='POST', headers={'Content-Type': 'text/z'}, body=b'\\xc3\\xa9')
self.ctx.post('bot', {'body': r.json()['body'], 'type': r.json()['headers']['content-type'], 'same': fetch(URL + '/bytes?n=3').status})`,
    { body: "é", type: "text/z", same: 200 },
  ],
  "fetch with await, and of JSON": [
    `async def ask():
    r = await self.ctx.fetch(URL + '/echo', method='POST', json={'a': 1})
    self.ctx.post('bot', {'body': r.json()['body'], 'type': r.json()['headers']['content-type']})
import asyncio
asyncio.run(ask())`,
    { body: '{"a":1}', type: "application/json" },
  ],
  "refusals that can be caught": [
    `import requests, urllib.request
results = []
for attempt in (lambda: requests.get('https://example.org/'), lambda: fetch(URL, method='PUT'),
                lambda: urllib.request.urlopen('http://127.0.0.1/'), lambda: self.ctx.tls_certificate('example.org')):
    try: attempt()
    except Exception as e: results.append(type(e).__name__)
self.ctx.post('bot', {'results': results})`,
    { results: ["ConnectionError", "ValueError", "URLError", "ConnectionError"] },
  ],
  "no more than five requests": [
    `import requests
done = 0
try:
    while True:
        requests.get(URL + '/bytes?n=1')
        done += 1
except requests.ConnectionError as e: self.ctx.post('bot', {'done': done})`,
    { done: 5 },
  ],
};

Deno.test("a Python hook makes requests with", async (t) => {
  await using site = webServer();
  await using host = await pythonHost({ network: OPEN });
  for (const [name, [body, post]] of Object.entries(POSTS)) {
    await t.step(name, async () => {
      const job = pythonInitJob(`URL = '${site.origin}'\n${body}`, { net: [site.host] });
      assert.deepEqual(onlyPost(await host.run(job)), post);
    });
  }
});

Deno.test("a Python bot reads an untrusted certificate", async () => {
  await using site = webServer(await selfSigned({ names: ["localhost"] }));
  await using host = await pythonHost({ network: OPEN });
  const outcome = await host.run(pythonInitJob(
    `seen = self.ctx.tls_certificate('localhost', ${site.port})
self.ctx.post('bot', {'verified': seen['verified'], 'error': seen['error'], 'names': seen['chain'][0]['subject_alt_names']})`,
    { net: [site.host] },
  ));
  assert.deepEqual(onlyPost(outcome), {
    verified: false,
    error: "DEPTH_ZERO_SELF_SIGNED_CERT",
    names: ["DNS:localhost"],
  });
});
