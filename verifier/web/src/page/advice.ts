// Which of the few things that a voter can do fits a refusal.

/** What a page says about a refusal: a heading, what it means, and what to do. */
export const advices = ["link", "noAnswer", "over", "limit", "notFound", "election", "board", "vote"] as const;
export type Advice = (typeof advices)[number];

const whole: Record<string, Advice> = {
  link: "link", no_answer: "noAnswer",
  "collector.check_over": "over", "collector.check_limit": "limit", "collector.not_found": "notFound",
  other_election: "election", address: "election", board_manifest: "election", board_ceremony: "election",
  issuer_invalid: "election", profile: "election",
  rollback: "board", fork: "board", tile: "board", inclusion: "board", proof_form: "board", note_form: "board",
};

const beginnings: [string, Advice][] = [
  ["collector.", "noAnswer"], ["manifest.", "election"], ["ceremony.", "election"], ["policy", "election"],
  ["board.", "board"], ["checkpoint_", "board"], ["receipt_", "board"], ["receipt.", "board"], ["look.", "board"],
];

/**
 * The place of a fault as it may be shown: a path in a document, a slot or a trustee; "" for anything else. Paths
 * have names that the collector wrote, which could be sentences.
 */
export function placeOf(where: string): string {
  return /^([A-Za-z0-9_.[\]]{0,80}|[A-Za-z0-9_]{1,28}, slot [0-9]{1,3}|trustee [0-9]{1,2})$/.test(where) ? where : "";
}

/** The advice for a code. Whatever is not known better is about the vote: the gravest. */
export function adviceFor(code: string): Advice {
  return whole[code] ?? beginnings.find(([beginning]) => code.startsWith(beginning))?.[1] ?? "vote";
}
