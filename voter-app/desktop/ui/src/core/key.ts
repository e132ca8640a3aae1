// The key by which the program knows its own face.

const slot = "valik-key";

type Store = Pick<Storage, "getItem" | "setItem">;

/**
 * The key behind # in the page's own address, or that of an earlier look at the page in this tab; "" if there
 * is none, as in the program's own window. It is taken out of the address, so that neither the history of the
 * browser nor a bookmark has it.
 */
export function takeKey(location: { hash: string; pathname: string }, history: Pick<History, "replaceState">, store: Store): string {
  const key = location.hash.slice(1);
  if (key === "") return read(store);
  history.replaceState(null, "", location.pathname);
  write(store, key);
  return key;
}

// A browser that keeps nothing refuses the store: then the key lasts until the page is loaded again.
function read(store: Store): string {
  try {
    return store.getItem(slot) ?? "";
  } catch {
    return "";
  }
}

function write(store: Store, key: string): void {
  try {
    store.setItem(slot, key);
  } catch {
    // as above
  }
}
