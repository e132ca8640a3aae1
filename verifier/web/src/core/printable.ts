// Characters that people can see: control and invisible ones could make two names look alike.

/** Whether a text has only letters, marks, numbers, punctuation, symbols and the space. */
export function isPrintable(text: string): boolean {
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u.test(text);
}
