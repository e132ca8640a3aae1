// When the page closes a ballot that nobody looks at any more.

/** Milliseconds without a touch until the page warns, and from then until it closes. */
const quiet = 5 * 60_000;
const warning = 60_000;

export type Phase = "open" | "warned" | "closed";

/** Where the page stands when nobody has touched it for some milliseconds. */
export function phaseAt(idle: number): Phase {
  if (idle < quiet) return "open";
  return idle < quiet + warning ? "warned" : "closed";
}
