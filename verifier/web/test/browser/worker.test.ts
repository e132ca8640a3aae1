// The built page's worker on a host that lets browsers keep files for an hour, as many do.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { after, before, test } from "node:test";
import { browser, dist, types } from "./site.ts";

let server: Server;
let host = "";
let next = false;
let elections = '{"elections":[]}';

/** The file; of the next version, page and worker are others. */
function read(path: string): string | Buffer {
  if (path === "/elections.json") return elections;
  const bytes = readFileSync(dist + path);
  if (!next || (path !== "/index.html" && path !== "/worker.js")) return bytes;
  return bytes.toString().replace("</noscript>", "The next one.</noscript>").replace(/const version = "[^"]*"/, 'const version = "next"');
}

before(async () => {
  server = createServer((request, response) => {
    const path = (request.url ?? "").replace(/\/$/, "/index.html");
    const there = path !== "/elections.json" || elections !== "";
    response.writeHead(there ? 200 : 404, { "Content-Type": types[extname(path)] ?? "", "Cache-Control": "max-age=3600" }).end(read(path));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  host = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

after(() => {
  server.closeAllConnections();
  server.close();
});

test("the next version of the page takes the place of the whole one before", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(host);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  next = true;
  elections = `{"elections":[{"collector":"https://vote.example.ee","fingerprint":"${"ab".repeat(32)}"}]}`;
  await page.evaluate(() => new Promise<void>((changed) => {
    navigator.serviceWorker.addEventListener("controllerchange", () => changed());
    void navigator.serviceWorker.ready.then((registration) => registration.update());
  }));
  await context.setOffline(true);
  await page.reload();
  assert.match(await page.content(), /The next one\./, "the new worker kept an old page");
  const kept = await page.evaluate(() => fetch("./elections.json").then((answer) => answer.text()));
  assert.equal(kept, elections, "the new worker kept an old list of elections");
  await context.close();
});

test("a host that vouches for no election has a page for when there is no network too", async () => {
  elections = "";
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(host);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null, undefined, { timeout: 10_000 });
  await context.close();
});
