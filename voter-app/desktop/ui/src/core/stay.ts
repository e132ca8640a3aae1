// Keeps other pages out of the face's place, where a voter could not tell them from the program.

/** Opens an address in the system's browser. */
type Show = (address: string) => void;

/** What the program's own window gives a page, if it is one that Wails made. */
interface Shell {
  runtime?: { BrowserOpenURL?: Show };
}

/** The way to the system's browser; undefined in a browser, which opens other sites by itself. */
export function showOf(shell: object): Show | undefined {
  return (shell as Shell).runtime?.BrowserOpenURL;
}

/**
 * Holds the page where it is. Links to other sites go to show, if there is one; links to anything but a site go
 * nowhere. Files and links that are dropped on the page do not replace it.
 */
export function stay(page: EventTarget, own: string, show: Show | undefined): void {
  for (const kind of ["click", "auxclick"]) {
    page.addEventListener(kind, (event) => show !== undefined && follow(event, own, show), { capture: true });
  }
  for (const kind of ["dragover", "drop"]) page.addEventListener(kind, refuse);
}

function follow(event: Event, own: string, show: Show): void {
  const link = (event.target as Element | null)?.closest?.("a[href]");
  const address = link === null || link === undefined ? undefined : (link as HTMLAnchorElement).href;
  if (address === undefined || address.startsWith(`${own}/`)) return;
  event.preventDefault();
  if (/^https?:\/\//.test(address)) show(address);
}

function refuse(event: Event): void {
  const dragged = (event as DragEvent).dataTransfer;
  if (dragged === null || !dragged.types.some((type) => type === "Files" || type === "text/uri-list")) return;
  event.preventDefault();
  dragged.dropEffect = "none";
}
