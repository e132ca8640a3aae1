// The link of a page that was opened by it.

/**
 * The page's own address, if it is a link, else "". What stands behind # is taken out of the address, so
 * that neither the way back nor a bookmark has it. Out of a list of visited addresses no page can take it:
 * Chromium writes it there, once before and once after a host has led from /check to /check/.
 */
export function takeFragment(location: { href: string; hash: string; pathname: string }, history: Pick<History, "replaceState">): string {
  if (location.hash === "") return "";
  const { href, pathname } = location;
  history.replaceState(null, "", pathname);
  // A host that keeps the page in a folder sends readers of /check to /check/.
  return href.replace(/\/check\/#/, "/check#");
}
