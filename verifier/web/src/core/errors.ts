// What this library throws. Whatever the bytes from outside, it throws nothing else.

/**
 * A refusal: a stable code for programs and catalogues, what is at fault, and a sentence for
 * people who look for the fault. The code never changes its meaning; the sentence may.
 */
export class Refusal extends Error {
  readonly code: string;
  /** The part at fault, such as `contests[0].slots` of a document; empty if it is all of it. */
  readonly where: string;

  constructor(code: string, detail: string, where = "") {
    super(detail);
    this.name = "Refusal";
    this.code = code;
    this.where = where;
  }
}

/** Throws a refusal unless the condition holds. */
export function must(condition: boolean, code: string, detail: string, where = ""): asserts condition {
  if (!condition) throw new Refusal(code, detail, where);
}

/** Runs a step; a refusal says what is at fault. */
export function blame<T>(where: string, step: () => T): T {
  try {
    return step();
  } catch (fault) {
    throw fault instanceof Refusal ? new Refusal(fault.code, fault.message, where) : fault;
  }
}

/** Runs a step; a refusal gets this code in front, so that catalogues can tell the same fault of two parts. */
export function under<T>(code: string, step: () => T): T {
  try {
    return step();
  } catch (fault) {
    throw prefixed(code, fault);
  }
}

/** Like `under`, for a step that takes its time. */
export async function underAsync<T>(code: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (fault) {
    throw prefixed(code, fault);
  }
}

function prefixed(code: string, fault: unknown): unknown {
  if (!(fault instanceof Refusal)) return fault;
  return new Refusal(`${code}.${fault.code}`, fault.message, fault.where);
}
