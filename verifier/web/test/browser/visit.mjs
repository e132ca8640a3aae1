// Opens the page in a phone's browser for programs that have a collector: a visit a line on the input, what
// was seen a line on the output. Without types, so that it runs as it is.
//
//   {"page": "https://…/check#valik1…", "paste": "", "language": "et", "scan": false}
//
// page is opened, which may be a link itself; paste is a link to put into the page's field; with scan, the
// camera is tried in place of a check.

import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const phone = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 3, isMobile: true, hasTouch: true };
const camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", ...camera] });

async function check(page) {
  await page.locator("button.main").tap();
  await page.locator("section.wrong").waitFor();
}

async function scan(page) {
  await page.locator("button[type=button]").tap();
  await page.locator("video, [role=alert]").first().waitFor();
  await page.waitForFunction(() => document.querySelector("[role=alert]") !== null || document.querySelector("video")?.videoWidth > 0);
}

async function visit({ page: address, paste, language, scan: scanning }) {
  const context = await browser.newContext({ ...phone, locale: language });
  context.setDefaultTimeout(100_000); // milliseconds: other tests may have the machine
  const page = await context.newPage();
  const said = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (fault) => said.push(String(fault)));
  try {
    await page.goto(address);
    if (paste !== "") await page.locator("#link").fill(paste);
    await (scanning ? scan(page) : check(page));
    return {
      address: page.url(), said,
      text: await page.locator("main").innerText(),
      code: (await page.locator("p.hint code").count()) > 0 ? await page.locator("p.hint code").innerText() : "",
      rehearsal: await page.locator(".rehearsal").allInnerTexts(),
      film: await page.evaluate(() => document.querySelector("video")?.videoWidth ?? 0),
      width: await page.evaluate(() => document.documentElement.scrollWidth),
    };
  } catch (fault) {
    return { address: page.url(), said: [...said, String(fault)], text: "", code: "", rehearsal: [], film: 0, width: 0 };
  } finally {
    await context.close();
  }
}

for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(await visit(JSON.parse(line))));
await browser.close();
