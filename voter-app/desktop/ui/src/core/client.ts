// Requests to the program: the only file that speaks to anything.

import type { Selections, State } from "./state.ts";

export type Fetch = (path: string, init: RequestInit) => Promise<Response>;

/**
 * Why a request came to nothing: it does not fit the state, its choices make no ballot, it is not
 * understood, has no key, or nobody is there.
 */
export type Fault = "unfit" | "choices" | "refused" | "key" | "gone";

/** A request that came to nothing. */
export class Failed extends Error {
  readonly fault: Fault;

  constructor(fault: Fault, detail: string) {
    super(detail);
    this.fault = fault;
  }
}

/** A file to identify with. The content is base64. */
export interface Upload {
  name: string;
  content: string;
}

export type Opening = { id: string } | { invitation: string } | { collector: string; fingerprint: string };

/** The secret link of a ballot, and its QR code as an SVG. */
export interface Link {
  link: string;
  qr: string;
}

/** The program, as ../../../doc.go says. All requests throw [Failed]. */
export class Client {
  readonly #key: string;
  readonly #fetch: Fetch;

  constructor(key: string, fetch: Fetch) {
    this.#key = key;
    this.#fetch = fetch;
  }

  /** The state, as soon as it is newer than a version. */
  async state(after: number, signal: AbortSignal): Promise<State> {
    const answer = await this.#ask(`api/state?after=${after}`, { signal });
    return (await answer.json()) as State;
  }

  async link(): Promise<Link> {
    return (await (await this.#ask("api/link", {})).json()) as Link;
  }

  language = (language: string): Promise<void> => this.#post("language", { language });
  open = (what: Opening): Promise<void> => this.#post("open", what);
  look = (): Promise<void> => this.#post("look");
  identify = (by: { id: string } | { files: Upload[] }): Promise<void> => this.#post("identify", by);
  choose = (selections: Selections): Promise<void> => this.#post("choose", { selections });
  back = (): Promise<void> => this.#post("back");
  cast = (): Promise<void> => this.#post("cast");
  resume = (): Promise<void> => this.#post("resume");
  receipt = (): Promise<void> => this.#post("receipt");
  revote = (): Promise<void> => this.#post("revote");
  leave = (): Promise<void> => this.#post("leave");
  stop = (): Promise<void> => this.#post("stop");

  /** Answers a question with a PIN or a passphrase; "" cancels. */
  async answer(id: number, secret: string): Promise<void> {
    await this.#ask(`api/answer?id=${id}`, { method: "POST", body: secret });
  }

  async #post(path: string, body?: object): Promise<void> {
    const content = body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
    await this.#ask(`api/${path}`, { method: "POST", ...content });
  }

  async #ask(path: string, init: RequestInit): Promise<Response> {
    const headers = { ...(init.headers as Record<string, string> | undefined), ...(this.#key === "" ? {} : { "X-Valik-Key": this.#key }) };
    let answer: Response;
    try {
      answer = await this.#fetch(path, { cache: "no-store", credentials: "omit", redirect: "error", ...init, headers });
    } catch (fault) {
      throw new Failed("gone", String(fault));
    }
    if (!answer.ok) throw new Failed(faultOf(path, answer.status), `${path}: ${answer.status} ${await said(answer)}`);
    return answer;
  }
}

function faultOf(path: string, status: number): Fault {
  if (status === 409) return "unfit";
  if (status === 400 && path === "api/choose") return "choices";
  return status === 401 || status === 403 ? "key" : "refused";
}

async function said(answer: Response): Promise<string> {
  return answer.text().then((text) => text.trim().slice(0, 500), () => "");
}
