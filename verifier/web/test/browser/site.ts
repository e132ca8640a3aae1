// The built page on a host of its own, in a browser (Debian: chromium), with the answers of the vectors. Whoever
// imports it has it for the tests of their file.

import { existsSync, readFileSync } from "node:fs";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before } from "node:test";
import { type Browser, type BrowserContext, type Page, type Route, chromium } from "playwright-core";
import { readJson, readVector } from "../vectors.ts";
import type { Vector } from "../check.test.ts";

const all = readJson<Vector[]>("check/vectors.json");
export const vector = (name: string): Vector => all.find((v) => v.name === name) as Vector;
export const dist = fileURLToPath(new URL("../../../dist/", import.meta.url));
const axe = readFileSync(fileURLToPath(new URL("../../../node_modules/axe-core/axe.min.js", import.meta.url)), "utf8");
export const types: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json" };

let server: Server;
export let host = "";
export let browser: Browser;

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

export interface Visit {
  page: Page;
  context: BrowserContext;
  asked: string[];
  said: string[];
}

/** Opens the page, by a link if one is given, with a collector that answers as a vector says. */
export async function visit(v: Vector, fragment = "", how: Parameters<Browser["newContext"]>[0] = {}): Promise<Visit> {
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

export async function checkLink(page: Page, v: Vector): Promise<void> {
  await page.locator("#link").fill(v.link);
  if (v.fingerprint !== "") await page.locator("#fingerprint").fill(v.fingerprint);
  await page.locator("button.main").click();
  await page.locator("ol").waitFor();
}

/** Rules of WCAG that the page breaks. */
export async function faults(page: Page): Promise<string[]> {
  // Not by a script element, which the page's own policy forbids.
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } };
    return (await axe.run()).violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" ")}`);
  });
}
