import assert from "node:assert/strict";
import { test } from "node:test";
import { Client, Failed } from "../src/core/client.ts";
import { textOf, uploadsOf } from "../src/core/files.ts";
import { follow, pauseAfter } from "../src/core/follow.ts";
import { takeKey } from "../src/core/key.ts";
import type { State } from "../src/core/state.ts";

/** A client whose requests are kept, and are answered as given. */
function recorded(answer: () => Response, key = ""): { client: Client; asked: [string, RequestInit][] } {
  const asked: [string, RequestInit][] = [];
  const fetch = (path: string, init: RequestInit): Promise<Response> => {
    asked.push([path, init]);
    return Promise.resolve(answer());
  };
  return { client: new Client(key, fetch), asked };
}

const empty = (): Response => new Response(null, { status: 204 });

test("requests as the program reads them", async () => {
  const { client, asked } = recorded(empty, "secret");
  await client.open({ id: "practice" });
  await client.identify({ files: [{ name: "a.p12", content: "AA==" }] });
  await client.choose({ mayor: ["101"] });
  await client.language("et");
  await client.answer(7, "1234");
  await client.answer(7, "");
  for (const request of [client.look, client.back, client.cast, client.resume, client.revote, client.leave, client.stop]) await request();
  assert.deepEqual(
    asked.map(([path, { body }]) => [path, body]),
    [
      ["api/open", '{"id":"practice"}'], ["api/identify", '{"files":[{"name":"a.p12","content":"AA=="}]}'], ["api/choose", '{"selections":{"mayor":["101"]}}'],
      ["api/language", '{"language":"et"}'], ["api/answer?id=7", "1234"], ["api/answer?id=7", ""],
      ...["look", "back", "cast", "resume", "revote", "leave", "stop"].map((path) => [`api/${path}`, undefined]),
    ],
  );
  for (const [, { method, headers }] of asked) assert.deepEqual([method, (headers as Record<string, string>)["X-Valik-Key"]], ["POST", "secret"]);
});

test("the program's own window has no key", async () => {
  const { client, asked } = recorded(empty);
  await client.look();
  assert.deepEqual(asked[0]?.[1].headers, {});
});

test("answers that are none", async () => {
  const faults: [number, string][] = [[409, "unfit"], [400, "refused"], [500, "refused"], [401, "key"], [403, "key"]];
  for (const [status, fault] of faults) {
    const { client } = recorded(() => new Response("why", { status }));
    await assert.rejects(client.cast(), (reason) => reason instanceof Failed && reason.fault === fault && reason.message === `api/cast: ${status} why`);
  }
  const { client: choosing } = recorded(() => new Response("", { status: 400 }));
  await assert.rejects(choosing.choose({}), (reason) => reason instanceof Failed && reason.fault === "choices");
  const gone = new Client("", () => Promise.reject(new TypeError("no")));
  await assert.rejects(gone.cast(), (reason) => reason instanceof Failed && reason.fault === "gone");
});

test("the key is taken out of the address, and kept for the next look at the page", () => {
  const kept = new Map<string, string>();
  const store = { getItem: (k: string) => kept.get(k) ?? null, setItem: (k: string, v: string) => void kept.set(k, v) };
  const replaced: unknown[] = [];
  const history = { replaceState: (_: unknown, __: string, to?: string | URL | null) => void replaced.push(to) };
  assert.equal(takeKey({ hash: "#abc", pathname: "/" }, history, store), "abc");
  assert.deepEqual(replaced, ["/"]);
  assert.equal(takeKey({ hash: "", pathname: "/" }, history, store), "abc");
  assert.equal(replaced.length, 1);
  const none = { getItem: (): string => { throw new Error("denied"); }, setItem: (): void => { throw new Error("denied"); } };
  assert.equal(takeKey({ hash: "#abc", pathname: "/" }, history, none), "abc");
  assert.equal(takeKey({ hash: "", pathname: "/" }, history, none), "");
});

test("files are read whole, and not if they are far too large", async () => {
  const file = (bytes: number[], size = bytes.length): Pick<File, "name" | "size" | "arrayBuffer"> =>
    ({ name: "f", size, arrayBuffer: () => Promise.resolve(new Uint8Array(bytes).buffer) });
  assert.equal(await textOf(file([0xc3, 0xb5])), "õ");
  assert.deepEqual(await uploadsOf([file([0, 255])]), [{ name: "f", content: "AP8=" }]);
  await assert.rejects(uploadsOf([file([0], (1 << 20) + 1)]));
});

test("the newest state is asked for, and silence is told", async () => {
  const stop = new AbortController();
  const gone = new Failed("gone", "");
  const answers = [state(3), state(3), gone, state(4), gone, gone, gone, state(4), state(5)];
  const asked: number[] = [];
  const told: unknown[] = [];
  const pauses: number[] = [];
  const client = {
    state: (after: number): Promise<State> => {
      asked.push(after);
      const answer = answers.shift();
      if (answers.length === 0) setTimeout(() => stop.abort());
      return answer instanceof Failed ? Promise.reject(answer) : answer === undefined ? new Promise(() => {}) : Promise.resolve(answer);
    },
  };
  const to = { changed: ({ version }: State) => void told.push(version), lost: (fault: unknown) => void told.push(fault) };
  await Promise.race([
    follow(client, to, stop.signal, (ms) => (pauses.push(ms), Promise.resolve())),
    new Promise((done) => stop.signal.addEventListener("abort", done)),
  ]);
  assert.deepEqual(asked, [0, 3, 3, 3, 4, 4, 4, 4, 4, 5].slice(0, asked.length));
  assert.deepEqual(told, [3, 4, "gone", "gone", undefined, 5]);
  assert.deepEqual(pauses, [500, 500, 1000, 2000]);
  assert.equal(pauseAfter(30), 5000);
});

test("a page without its key is told at once", async () => {
  const stop = new AbortController();
  const told: unknown[] = [];
  const client = { state: (): Promise<State> => Promise.reject(new Failed("key", "")) };
  await follow(client, { changed: () => {}, lost: (fault) => (told.push(fault), stop.abort()) }, stop.signal, () => Promise.resolve());
  assert.deepEqual(told, ["key"]);
});

function state(version: number): State {
  return { version, step: "start", language: "", practice: false, busy: "", kept: false, elections: [], means: [] };
}
