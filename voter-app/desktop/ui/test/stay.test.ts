import assert from "node:assert/strict";
import { test } from "node:test";
import { showOf, stay } from "../src/core/stay.ts";

const own = "http://wails.localhost";

/** What becomes of an event of the page: whether the page's window keeps out of it, and what the browser was given. */
function sent(kind: string, parts: object, inWindow = true): { held: boolean; shown: string[] } {
  const shown: string[] = [];
  const page = new EventTarget();
  stay(page, own, inWindow ? (address) => shown.push(address) : undefined);
  const event = new Event(kind, { cancelable: true });
  for (const [name, value] of Object.entries(parts)) Object.defineProperty(event, name, { value });
  page.dispatchEvent(event);
  return { held: event.defaultPrevented, shown };
}

const onLink = (href: string): object => ({ target: { closest: (selector: string) => (selector === "a[href]" ? { href } : null) } });

test("another site comes into the system's browser, and not into the window", () => {
  const other = "http://127.0.0.1:1/check#valik1.4";
  for (const kind of ["click", "auxclick"]) assert.deepEqual(sent(kind, onLink(other)), { held: true, shown: [other] });
  for (const address of [`${own}.example/`, `${own}:81/`, "https://example.org"]) {
    assert.deepEqual(sent("click", onLink(address)), { held: true, shown: [address] });
  }
});

test("what is no site comes nowhere", () => {
  for (const address of ["file:///etc/hostname", "javascript:alert(1)", "data:text/html,x", "mailto:a@example.org"]) {
    assert.deepEqual(sent("click", onLink(address)), { held: true, shown: [] });
  }
});

test("the face's own links, what is no link, and a browser are left alone", () => {
  const left = { held: false, shown: [] };
  assert.deepEqual(sent("click", onLink(`${own}/#x`)), left);
  assert.deepEqual(sent("click", { target: { closest: () => null } }), left);
  assert.deepEqual(sent("click", { target: null }), left);
  assert.deepEqual(sent("click", onLink("https://example.org/"), false), left);
});

test("what is dropped does not replace the page, in a browser neither", () => {
  for (const kind of ["dragover", "drop"]) {
    for (const inWindow of [true, false]) {
      for (const type of ["Files", "text/uri-list"]) {
        const dataTransfer = { types: ["text/plain", type], dropEffect: "copy" };
        assert.equal(sent(kind, { dataTransfer }, inWindow).held, true);
        assert.equal(dataTransfer.dropEffect, "none");
      }
    }
  }
  assert.equal(sent("drop", { dataTransfer: { types: ["text/plain"] } }).held, false, "text goes into fields");
  assert.equal(sent("drop", { dataTransfer: null }).held, false);
});

test("only the program's window shows addresses elsewhere", () => {
  const BrowserOpenURL = (): void => undefined;
  assert.equal(showOf({ runtime: { BrowserOpenURL } }), BrowserOpenURL);
  for (const shell of [{}, { runtime: {} }]) assert.equal(showOf(shell), undefined);
});
