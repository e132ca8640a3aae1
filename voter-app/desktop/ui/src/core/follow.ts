// Keeps the face at the program's newest state.

import { Failed, type Client, type Fault } from "./client.ts";
import type { State } from "./state.ts";

/** Milliseconds before the next try after so many failures in a row. */
export function pauseAfter(failures: number): number {
  return Math.min(250 * 2 ** failures, 5000);
}

export interface Follower {
  /** There is another state. */
  changed: (state: State) => void;
  /** The program does not answer, with why; undefined when it does again. */
  lost: (fault: Fault | undefined) => void;
}

/** One failure may be an answer that was late; two in a row are told. */
const patience = 2;

/** Asks for the state again and again until it is aborted. */
export async function follow(client: Pick<Client, "state">, to: Follower, signal: AbortSignal, sleep = wait): Promise<void> {
  let version = -1;
  for (let failures = 0; !signal.aborted; ) {
    try {
      const state = await client.state(Math.max(version, 0), signal);
      if (signal.aborted) return;
      if (failures >= patience) to.lost(undefined);
      failures = 0;
      if (state.version !== version) to.changed(state);
      version = state.version;
    } catch (reason) {
      if (signal.aborted) return;
      failures++;
      const fault = reason instanceof Failed ? reason.fault : "gone";
      if (failures >= patience || fault === "key") to.lost(fault);
      await sleep(pauseAfter(failures));
    }
  }
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}
