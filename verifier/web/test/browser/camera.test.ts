// What the built page does with the camera.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { catalogues } from "../../src/page/texts/catalogues.ts";
import { faults, vector, visit } from "./site.ts";

const en = catalogues["en"] as (typeof catalogues)[string];

/** A camera whose use somebody allows when the test says so, and what is seen of its tracks. */
interface Camera {
  allow(): void;
  /** How many tracks run. */
  running(): number;
}
type Window = { camera: Camera };

async function withCamera(page: Page): Promise<void> {
  await page.evaluate(() => {
    const tracks: MediaStreamTrack[] = [];
    let allow = (): void => {};
    navigator.mediaDevices.getUserMedia = () => new Promise((give) => {
      allow = () => {
        const canvas = document.createElement("canvas");
        canvas.getContext("2d")?.fillRect(0, 0, 300, 150);
        const stream = canvas.captureStream(10);
        tracks.push(...stream.getTracks());
        give(stream);
      };
    });
    const camera: Camera = { allow: () => allow(), running: () => tracks.filter((t) => t.readyState === "live").length };
    Object.assign(globalThis, { camera });
  });
}

const running = (page: Page): Promise<number> => page.evaluate(() => (globalThis as unknown as Window).camera.running());
const allow = (page: Page): Promise<void> => page.evaluate(() => (globalThis as unknown as Window).camera.allow());

test("the camera is on while somebody scans, and no longer", async () => {
  const { page, context, said } = await visit(vector("good"));
  await withCamera(page);
  await page.getByRole("button", { name: en.scan }).click();
  await page.locator("video").waitFor();
  await allow(page);
  await page.waitForFunction(() => (document.querySelector("video")?.videoWidth ?? 0) > 0);
  assert.equal(await running(page), 1);
  await page.getByRole("button", { name: en.scanStop }).click();
  assert.equal(await running(page), 0);
  assert.deepEqual(said, []);
  await context.close();
});

test("a camera that is allowed after the voter has stopped stays off", async () => {
  const { page, context } = await visit(vector("good"));
  await withCamera(page);
  await page.getByRole("button", { name: en.scan }).click();
  await page.getByRole("button", { name: en.scanStop }).click();
  await allow(page);
  await page.evaluate(() => new Promise((later) => setTimeout(later, 200)));
  assert.equal(await running(page), 0, "the camera runs, and nothing on the page says so");
  await context.close();
});

test("a reader of QR codes that does not come", async () => {
  const { page, context } = await visit(vector("good"));
  await page.route("**/Scanner*", (route) => route.abort());
  await page.getByRole("button", { name: en.scan }).click();
  await page.getByText(en.scanDenied).waitFor({ timeout: 5000 });
  assert.deepEqual(await faults(page), []);
  await page.getByRole("button", { name: en.scanStop }).click();
  await page.getByRole("button", { name: en.scan }).waitFor();
  await context.close();
});
