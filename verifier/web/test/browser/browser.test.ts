// The built page in a browser (Debian: chromium), with the answers of the vectors.

import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { after, before, test } from "node:test";
import { type Browser, type BrowserContext, type Page, type Route, chromium } from "playwright-core";
import { catalogues } from "../../src/page/texts/catalogues.ts";
import { readJson, readVector } from "../vectors.ts";
import type { Vector } from "../check.test.ts";

const all = readJson<Vector[]>("check/vectors.json");
const vector = (name: string): Vector => all.find((v) => v.name === name) as Vector;
const dist = fileURLToPath(new URL("../../../dist/", import.meta.url));
const axe = readFileSync(fileURLToPath(new URL("../../../node_modules/axe-core/axe.min.js", import.meta.url)), "utf8");
const types: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json" };

let server: Server;
let host = "";
let browser: Browser;

before(async () => {
  server = createServer((request, response) => {
    const path = (request.url ?? "").replace(/\/$/, "/index.html");
    if (path.includes("..") || !existsSync(dist + path)) response.writeHead(404).end();
    else response.writeHead(200, { "Content-Type": types[extname(path)] ?? "" }).end(readFileSync(dist + path));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  host = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  browser = await chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
});

after(async () => {
  await browser.close();
  server.closeAllConnections();
  server.close();
});

/** Answers in the collector's place, and keeps what it was asked. */
async function answer(route: Route, v: Vector, asked: string[]): Promise<void> {
  const request = route.request();
  asked.push(JSON.stringify([request.url(), request.postData(), await request.allHeaders()]));
  const headers = { "Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "content-type" };
  const path = new URL(request.url()).pathname;
  const file = path === "/v1/manifest" ? v.manifest : path === "/v1/ceremony" ? v.ceremony : path === "/checkpoint" ? v.checkpoint : path.startsWith("/tile/") ? v.tiles + path : v.look;
  const body = request.method() === "OPTIONS" ? Buffer.alloc(0) : Buffer.from(readVector(`check/${file}`));
  await route.fulfill({ status: 200, headers, body });
}

interface Visit {
  page: Page;
  context: BrowserContext;
  asked: string[];
  said: string[];
}

/** Opens the page, by a link if one is given, with a collector that answers as a vector says. */
async function visit(v: Vector, fragment = "", how: Parameters<Browser["newContext"]>[0] = {}): Promise<Visit> {
  const context = await browser.newContext({ locale: "en", serviceWorkers: "block", ...how });
  const page = await context.newPage();
  const asked: string[] = [];
  const said: string[] = [];
  page.on("console", (message) => {
    // The tool's own word about what visits without a worker ask for.
    if (!message.text().includes("blocked by Playwright")) said.push(message.text());
  });
  page.on("pageerror", (fault) => said.push(String(fault)));
  await page.route("https://vote.example.ee/**", (route) => answer(route, v, asked));
  await page.goto(host + fragment);
  return { page, context, asked, said };
}

async function checkLink(page: Page, v: Vector): Promise<void> {
  await page.locator("#link").fill(v.link);
  if (v.fingerprint !== "") await page.locator("#fingerprint").fill(v.fingerprint);
  await page.locator("button.main").click();
  await page.locator("ol").waitFor();
}

/** Rules of WCAG that the page breaks. */
async function faults(page: Page): Promise<string[]> {
  // Not by a script element, which the page's own policy forbids.
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } };
    return (await axe.run()).violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" ")}`);
  });
}

test("a ballot in words", async () => {
  const v = vector("good");
  const { page, context, asked, said } = await visit(v);
  assert.deepEqual(await faults(page), []);
  await checkLink(page, v);
  const text = await page.locator("main").innerText();
  for (const part of [v.finding?.name, v.finding?.code, "Candidate 0176.204", "Candidate 0176.202", "No choice", "witness.example/a", catalogues["en"]?.latest, catalogues["en"]?.fingerprintKnown]) {
    assert.ok(text.includes(part ?? "?"), part);
  }
  assert.deepEqual(await faults(page), []);
  assert.ok(asked.length > 5);
  const secret = v.link.split(".").at(-1) ?? "";
  assert.ok(!asked.some((a) => a.includes(secret)), "the secret leaves the page");
  assert.deepEqual(said, [], "the page says nothing to the console, nor does its policy");
  await page.locator("button.main").click();
  assert.equal(await page.locator("#link").inputValue(), "", "all is forgotten");
  await context.close();
});

test("every language, on a small screen, in the dark", async () => {
  for (const [language, texts] of Object.entries(catalogues)) {
    const v = vector("superseded");
    const { page, context } = await visit(v, "", { locale: language, viewport: { width: 320, height: 640 }, colorScheme: "dark" });
    await checkLink(page, v);
    assert.equal(await page.locator("html").getAttribute("lang"), language);
    assert.ok((await page.locator("main").innerText()).includes(texts.notLatest), language);
    assert.deepEqual(await faults(page), [], language);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 320, `${language} is ${wide} pixels wide`);
    await context.close();
  }
});

test("what to do, for lies of each kind", async () => {
  for (const name of ["seed-other", "board-forked", "ceremony-changed", "look-none"]) {
    const v = vector(name);
    const { page, context } = await visit(v);
    await checkLink(page, v);
    assert.ok((await page.locator("code").innerText()).startsWith(v.code), name);
    assert.ok((await page.locator("ol li").count()) > 0);
    assert.deepEqual(await faults(page), [], name);
    await context.close();
  }
});

test("a fingerprint that nobody has said is to be compared", async () => {
  const v = vector("fingerprint-unknown");
  const { page, context } = await visit(v);
  await checkLink(page, v);
  assert.ok((await page.locator("main").innerText()).includes(catalogues["en"]?.fingerprintCompare ?? "?"));
  await context.close();
});

test("the secret does not stay in the address", async () => {
  const { page, context } = await visit(vector("good"), `#${vector("good").link.split("#")[1]}`);
  assert.equal(page.url(), host);
  assert.match(await page.locator("#link").inputValue(), /#valik1\./);
  await page.goBack();
  assert.equal(await page.evaluate(() => location.hash), "");
  await context.close();
});

test("a device without a camera", async () => {
  const { page, context, said } = await visit(vector("good"));
  await page.getByRole("button", { name: catalogues["en"]?.scan ?? "" }).click();
  await page.getByText(catalogues["en"]?.scanDenied ?? "").waitFor();
  assert.deepEqual(await faults(page), []);
  await page.getByRole("button", { name: catalogues["en"]?.scanStop ?? "" }).click();
  await page.getByRole("button", { name: catalogues["en"]?.scan ?? "" }).waitFor();
  assert.deepEqual(said, []);
  await context.close();
});

test("a fingerprint that is none is told before anything is asked", async () => {
  const { page, context, asked } = await visit(vector("good"));
  await page.locator("#link").fill(vector("good").link);
  await page.locator("#fingerprint").fill("c940");
  await page.locator("button.main").click();
  await page.getByText(catalogues["en"]?.fingerprintWrong ?? "").waitFor();
  assert.deepEqual(asked, []);
  await context.close();
});

test("the page is small", () => {
  const files = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((f) => f.isFile());
  const bytes = files.reduce((sum, f) => sum + gzipSync(readFileSync(`${f.parentPath}/${f.name}`)).length, 0);
  assert.ok(bytes < 150_000, `${bytes} bytes compressed`);
});

test("the page without a network", async () => {
  const { page, context } = await visit(vector("good"), "", { serviceWorkers: "allow" });
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await context.setOffline(true);
  await page.reload();
  await page.locator("#link").fill("https://vote.example.ee/check#valik1");
  await page.locator("button.main").click();
  assert.equal(await page.locator("code").innerText(), "link");
  await context.close();
});
