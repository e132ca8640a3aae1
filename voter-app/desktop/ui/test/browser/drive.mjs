// Drives a browser for programs that test with it: a command a line on the input, an answer a line on the
// output. Without types, so that it runs as it is.
//
//   node drive.mjs [VIDEO]
//
//   {"do": "open", "page": "desktop", "address": "http://127.0.0.1:…/#…", "width": 1024, "height": 768}
//   {"do": "click", "page": "desktop", "role": "button", "name": "Next"}
//
// A page is named with the first command for it, and has a browser of its own: nothing is shared with the
// others. The answer has "fault" if the command could not be done. VIDEO is what the camera sees, a file in
// the form Y4M that may be written later.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";
import { focusOf } from "./focus.mjs";

const patience = 60_000; // milliseconds: other tests may have the machine
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const coloured = ["color-contrast", "link-in-text-block"]; // the rules that see the scheme of colours

const video = process.argv[2];
const camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", ...(video ? [`--use-file-for-fake-video-capture=${video}`] : [])];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", ...camera] });

/** What is open: page, its context, what it says to who looks for faults. */
const opened = new Map();

async function open({ page: name, address, width, height, locale, dark, motion, phone }) {
  await close({ page: name });
  const context = await browser.newContext({
    viewport: { width, height }, locale, colorScheme: dark ? "dark" : "light", reducedMotion: motion ? "no-preference" : "reduce",
    ...(phone ? { isMobile: true, hasTouch: true, deviceScaleFactor: 2 } : {}),
  });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  const said = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (fault) => said.push(String(fault)));
  opened.set(name, { page, context, said });
  await page.goto(address);
}

async function close({ page: name }) {
  await opened.get(name)?.context.close();
  opened.delete(name);
}

function at(name) {
  const one = opened.get(name);
  if (one === undefined) throw new Error(`there is no page ${name}`);
  return one;
}

/** One of the things with a role and a name, as those hear them who do not see. */
const named = (page, { role, name, exact }) => page.getByRole(role, { name, exact: exact ?? true });

async function violations(page, scheme, what) {
  await page.emulateMedia({ colorScheme: scheme });
  const found = await page.evaluate(async (runOnly) => (await globalThis.axe.run({ runOnly })).violations, what);
  return found.map((v) => `${scheme}: ${v.id}: ${v.nodes.map((n) => `${n.html} (${n.failureSummary})`).join(" ")}`);
}

/** All rules in the light, and those about colours in the dark. */
async function faults(page) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe); // not by an element, which the page's policy forbids
  const dark = await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches);
  const all = await violations(page, "light", { type: "tag", values: rules });
  all.push(...(await violations(page, "dark", { type: "rule", values: coloured })));
  await page.emulateMedia({ colorScheme: dark ? "dark" : "light" });
  return all;
}

/** How wide the page becomes in a narrower window, and what makes it so. */
async function measure(page, width) {
  const before = page.viewportSize();
  await page.setViewportSize({ width, height: before.height });
  const found = await page.evaluate(() => {
    const limit = document.documentElement.clientWidth;
    const wide = [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > limit + 1);
    return { width: document.documentElement.scrollWidth, wide: wide.slice(0, 3).map((e) => e.outerHTML.slice(0, 200)) };
  });
  await page.setViewportSize(before);
  return found;
}

/** Waits until the window is drawn as it is now: right after its size has changed, parts of it are not. */
const drawn = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))));

/**
 * The page from its top, in a window as tall as the page is, within a limit. Not as the browser's own picture of
 * a whole page: what sticks to the window's edges would stand in the middle of it.
 */
async function whole(page, tall, how) {
  const before = page.viewportSize();
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width: before.width, height: Math.max(before.height, Math.min(height, tall ?? height)) });
  await page.evaluate(() => scrollTo(0, 0));
  await drawn(page);
  await page.screenshot(how);
  await page.setViewportSize(before);
}

const commands = {
  open, close,
  click: ({ page, ...what }) => named(at(page).page, what).click(),
  tap: ({ page, ...what }) => named(at(page).page, what).tap(),
  clickText: ({ page, text }) => at(page).page.getByText(text, { exact: true }).click(),
  fill: ({ page, label, text }) => at(page).page.getByLabel(label, { exact: true }).first().fill(text),
  press: ({ page, key }) => at(page).page.keyboard.press(key),
  type: ({ page, text }) => at(page).page.keyboard.type(text),
  files: ({ page, selector, paths }) => at(page).page.locator(selector).setInputFiles(paths),
  choose: ({ page, role, name, value }) => named(at(page).page, { role, name, exact: false }).selectOption(value).then(() => undefined),
  wait: ({ page, selector, gone }) => at(page).page.locator(selector).first().waitFor({ state: gone ? "hidden" : "visible" }),
  waitText: ({ page, text }) => at(page).page.getByText(text).first().waitFor(),
  waitVideo: ({ page }) => at(page).page.waitForFunction(() => document.querySelector("video")?.videoWidth > 0).then(() => undefined),
  waitValue: ({ page, selector }) => at(page).page.waitForFunction((s) => document.querySelector(s)?.value !== "", selector).then(() => undefined),
  text: async ({ page, selector }) => ({ text: (await at(page).page.locator(selector ?? "body").allInnerTexts()).join("\n") }),
  attribute: async ({ page, selector, name }) => ({ text: (await at(page).page.locator(selector).first().getAttribute(name)) ?? "" }),
  count: async ({ page, selector }) => ({ count: await at(page).page.locator(selector).count() }),
  focused: async ({ page }) => ({ focus: await focusOf(at(page).page) }),
  axe: async ({ page }) => ({ faults: await faults(at(page).page) }),
  measure: async ({ page, width }) => measure(at(page).page, width),
  language: async ({ page }) => at(page).page.evaluate(() => ({ language: document.documentElement.lang, title: document.title })),
  address: async ({ page }) => ({ text: at(page).page.url() }),
  said: async ({ page }) => ({ said: at(page).said.splice(0) }),
  screenshot: async ({ page, path, selector, tall }) => {
    const how = { path, animations: "disabled", caret: "hide", scale: "css" };
    await (selector === undefined ? whole(at(page).page, tall, how) : at(page).page.locator(selector).screenshot(how));
  },
};

async function answer(line) {
  const { do: what, ...how } = JSON.parse(line);
  try {
    return (await commands[what](how)) ?? {};
  } catch (fault) {
    return { fault: String(fault) };
  }
}

for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(await answer(line)));
await browser.close();
