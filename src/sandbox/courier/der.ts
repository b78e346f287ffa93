/** Reads the parts of an X.509 certificate in DER (RFC 5280) that Node's `X509Certificate` reports
 *  ambiguously: it joins alternative names with commas, which a name may contain. Throws RangeError
 *  if the bytes are not a certificate. */
interface Element {
  tag: number;
  /** The element with its tag and length. */
  whole: Uint8Array<ArrayBuffer>;
  content: Uint8Array<ArrayBuffer>;
}

const [VERSION, EXTENSIONS] = [0xa0, 0xa3];
/** The object identifier of the extension, 2.5.29.17, in DER. */
const ALTERNATIVE_NAMES = "551d11";
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;
/** The fields before it are serialNumber, signature, issuer, validity and subject. */
const SPKI_FIELD = 5;

/** `spki`: the DER of the SubjectPublicKeyInfo. `names`: `DNS:<name>` and `IP:<address>`, without
 *  the kinds of names that identify no host. */
export function certificateParts(
  der: Uint8Array<ArrayBuffer>,
): { spki: Uint8Array<ArrayBuffer>; names: string[] } {
  const [certificate] = elements(der);
  const [signed] = elements(must(certificate).content);
  const fields = elements(must(signed).content);
  if (fields[0]?.tag === VERSION) fields.shift();
  const spki = must(fields[SPKI_FIELD]).whole;
  const extensions = fields.find(({ tag }) => tag === EXTENSIONS);
  return { spki, names: extensions ? alternativeNames(extensions.content) : [] };
}

function alternativeNames(extensions: Uint8Array<ArrayBuffer>): string[] {
  const [list] = elements(extensions);
  for (const { content } of elements(must(list).content)) {
    const parts = elements(content);
    if (must(parts[0]).content.toHex() !== ALTERNATIVE_NAMES) continue;
    const [names] = elements(must(parts.at(-1)).content);
    return elements(must(names).content).flatMap(({ tag, content }) => {
      if (tag === DNS_NAME) return [`DNS:${latin1(content)}`];
      return tag === IP_ADDRESS ? [`IP:${addressText(content)}`] : [];
    });
  }
  return [];
}

function elements(bytes: Uint8Array<ArrayBuffer>): Element[] {
  const list: Element[] = [];
  for (let at = 0; at < bytes.length;) {
    let length = must(bytes[at + 1]);
    let start = at + 2;
    if (length > 0x80) {
      const size = length & 0x7f;
      if (size > 3) throw new RangeError("Cannot read a DER element of 16 MiB or more");
      length = 0;
      for (let i = 0; i < size; i++) length = length << 8 | must(bytes[start++]);
    }
    const end = start + length;
    if (length === 0x80 || end > bytes.length) throw new RangeError("Cannot read a DER element");
    const [whole, content] = [bytes.subarray(at, end), bytes.subarray(start, end)];
    list.push({ tag: bytes[at]!, whole, content });
    at = end;
  }
  return list;
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError("Cannot find a part of the certificate");
  return value;
}

const latin1 = (bytes: Uint8Array) => String.fromCharCode(...bytes);

function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  const words = Array.from(
    { length: bytes.length / 2 },
    (_, i) => (bytes[2 * i]! << 8 | bytes[2 * i + 1]!).toString(16),
  );
  return words.join(":");
}
