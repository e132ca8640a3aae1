// What the built page leaves behind.

import assert from "node:assert/strict";
import { test } from "node:test";
import { catalogues } from "../../src/page/texts/catalogues.ts";
import { checkLink, host, vector, visit } from "./site.ts";

const v = vector("good");

test("who goes back to a page that was left finds nothing", async () => {
  const { page, context } = await visit(v);
  await checkLink(page, v);
  const shown = (): Promise<string> => page.locator("body").innerText();
  assert.ok((await shown()).includes(v.finding?.name ?? "?"));
  // As a browser does that keeps the page: it is there as it was, without being loaded again.
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true })));
  assert.ok(!(await shown()).includes(v.finding?.name ?? "?"));
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
  assert.equal(await page.locator("#link").inputValue(), "");
  await checkLink(page, v);
  await context.close();
});

test("a link that is not checked yet is left neither", async () => {
  const { page, context } = await visit(v, `#${v.link.split("#")[1]}`);
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true })));
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
  assert.equal(await page.locator("#link").inputValue(), "");
  await context.close();
});

test("a second link in the same window", async () => {
  const { page, context } = await visit(v);
  await checkLink(page, v);
  const hash = v.link.split("#")[1] ?? "";
  await page.evaluate((fragment) => void (location.hash = fragment), hash);
  await page.waitForURL(host, { timeout: 5000 });
  assert.ok((await page.locator("#link").inputValue()).endsWith(`#${hash}`), "the new link is there, and the old ballot is not");
  await context.close();
});

test("what the browser keeps of a link that it has opened is told, and only then", async () => {
  const kept = catalogues["en"]?.linkKept ?? "?";
  for (const [fragment, times] of [[`#${v.link.split("#")[1]}`, 1], ["", 0]] as const) {
    const { page, context } = await visit(v, fragment);
    await page.locator("#link").fill(v.link);
    assert.equal(await page.getByText(kept).count(), times);
    await context.close();
  }
});
