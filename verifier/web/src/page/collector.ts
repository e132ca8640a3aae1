// Asks a collector for what a check needs. This is the only file that speaks to a network.

import type { Bytes } from "../core/bytes.ts";
import { type Answers, check, type Finding, openManifest } from "../core/check.ts";
import { decode } from "../core/document.ts";
import { Refusal, must } from "../core/errors.ts";
import type { Hash } from "../core/hash.ts";
import type { Link } from "../core/link.ts";
import type { Manifest } from "../core/election/manifest.ts";
import { refusalKind, verifyRefusal } from "../core/election/receipt.ts";

// The most bytes that are read of an answer, as docs/protocol/voting.md has it.
const limits = { document: 16 << 20, tile: 17 << 20, checkpoint: 256 << 10, look: 3 << 20 };
const patience = 60_000; // milliseconds

/**
 * Checks the ballot of a link by asking its collector. `opened` is told of the election as soon as it is
 * known, before the ballot is asked for. Refusals: those of check, of the collector, and `no_answer`.
 */
export async function checkAtCollector(link: Link, fingerprint: Hash | undefined, opened: (m: Manifest) => void = () => {}): Promise<Finding> {
  const get = (path: string, limit: number): Promise<Bytes> => ask(`${link.collector}/${path}`, limit);
  const manifest = await get("v1/manifest", limits.document);
  // Before the look: it uses one up, and tells the ballot's hash.
  const election = openManifest(link, manifest, fingerprint);
  opened(election);
  const look = await askLook(link, election);
  const answers: Answers = {
    manifest, look,
    ceremony: await get("v1/ceremony", limits.document),
    checkpoint: await get("checkpoint", limits.checkpoint),
    tile: (path) => get(path, limits.tile),
  };
  return check(link, answers, fingerprint);
}

async function askLook(link: Link, m: Manifest): Promise<Bytes> {
  const body = JSON.stringify({ ballot: link.ballot });
  const answer = await send(`${link.collector}/v1/ballots/${link.index}/look`, { method: "POST", body, headers: { "Content-Type": "application/json" } });
  const bytes = await read(answer, limits.look);
  if (!answer.ok) throw collectorRefusal(link, m, bytes);
  return bytes;
}

/** What the collector says in place of a look; believed if it is signed. */
function collectorRefusal(link: Link, m: Manifest, bytes: Bytes): Refusal {
  try {
    const said = decode(refusalKind, bytes);
    verifyRefusal(m, said, link.ballot);
    // It is shown: a code is one word, and no sentence of the collector's.
    must(/^[a-z_-]{1,40}$/.test(said.code), "refusal_code", "the code of the refusal is none");
    return new Refusal(`collector.${said.code}`, said.message);
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault;
    return noAnswer("the collector refused the look, in words that it has not signed");
  }
}

async function ask(url: string, limit: number): Promise<Bytes> {
  const answer = await send(url, {});
  must(answer.ok, "no_answer", `status ${answer.status}`);
  return read(answer, limit);
}

async function send(url: string, how: RequestInit): Promise<Response> {
  try {
    // No redirection: it would tell somebody else of the ballot. No cookies, no cache, no word of where this page is.
    return await fetch(url, {
      ...how, redirect: "error", credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer", signal: AbortSignal.timeout(patience),
    });
  } catch {
    throw noAnswer("no connection, no answer in time, or none that this page may read");
  }
}

/** The body of an answer, no more of it than the limit. */
async function read(answer: Response, limit: number): Promise<Bytes> {
  const parts: Bytes[] = [];
  let length = 0;
  try {
    for (const reader = answer.body?.getReader(); reader !== undefined; ) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      if ((length += value.length) > limit) {
        await reader.cancel();
        throw noAnswer(`more than ${limit} bytes`);
      }
    }
  } catch (fault) {
    throw fault instanceof Refusal ? fault : noAnswer("the answer broke off");
  }
  const all = new Uint8Array(length);
  parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
  return all;
}

function noAnswer(detail: string): Refusal {
  return new Refusal("no_answer", detail);
}
