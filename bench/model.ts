/** A player that is a language model: of an answer it reads the text contents, and its context pays
 *  for every byte of them. */
import { callBytes, type Door, resultOf, rpcBytes } from "./doors.ts";
import { Connection } from "./http.ts";
import { signIn } from "./player.ts";

/** The two endpoints at which a model plays. */
export type ModelDoor = Extract<Door, "2026" | "play">;

/** What a model reads of an answer. */
export interface Read<T> {
  /** The bytes of all its texts. */
  bytes: number;
  /** The JSON of the first text. */
  output: T;
}

const encoder = new TextEncoder();

/** The bytes of a text, or of the JSON text of anything else. */
export function bytesOf(value: unknown): number {
  return encoder.encode(typeof value === "string" ? value : JSON.stringify(value)).length;
}

export class Model {
  readonly #url: URL;
  readonly #token: string;
  readonly #connection: Connection;
  readonly door: ModelDoor;
  /** What it has spent. */
  calls = 0;
  bytes = 0;

  private constructor(url: URL, token: string, connection: Connection, door: ModelDoor) {
    this.#url = url;
    this.#token = token;
    this.#connection = connection;
    this.door = door;
  }

  /** Signs in a new principal. */
  static async at(url: URL, door: ModelDoor = "2026"): Promise<Model> {
    const connection = await Connection.open(url);
    return new Model(url, await signIn(url, connection), connection, door);
  }

  async call<T>(name: string, args: Record<string, unknown>): Promise<Read<T>> {
    const request = callBytes(this.door, this.#url, this.#token, name, args);
    const { content } = resultOf<{ content: { text?: string }[] }>(
      this.door,
      await this.#connection.send(request),
    );
    const texts = content.map(({ text = "" }) => text);
    const bytes = texts.reduce((sum, text) => sum + bytesOf(text), 0);
    this.calls++;
    this.bytes += bytes;
    return { bytes, output: JSON.parse(texts[0]!) as T };
  }

  /** The bytes of the list of tools. */
  async toolListBytes(): Promise<number> {
    const request = rpcBytes(this.door, this.#url, this.#token, "tools/list", {});
    return bytesOf(resultOf(this.door, await this.#connection.send(request)));
  }

  /** Begins to count anew. */
  forget(): void {
    this.calls = this.bytes = 0;
  }

  close(): void {
    this.#connection.close();
  }
}
