// What the built page shows and does.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { test } from "node:test";
import { catalogues } from "../../src/page/texts/catalogues.ts";
import { readJson } from "../vectors.ts";
import { checkLink, dist, faults, host, vector, visit } from "./site.ts";

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

test("a ballot that nobody looks at is closed, unless the voter keeps it open", async () => {
  const v = vector("good");
  const { page, context } = await visit(v);
  await page.clock.install();
  await page.reload();
  await checkLink(page, v);
  const keep = page.getByRole("button", { name: catalogues["en"]?.keepOpen ?? "" });
  await page.clock.fastForward("04:50");
  assert.equal(await keep.count(), 0);
  await page.clock.fastForward("00:20");
  await keep.waitFor();
  assert.deepEqual(await faults(page), []);
  await keep.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), "H1", "the focus is not lost");
  await page.clock.fastForward("04:50");
  assert.ok((await page.locator("main").innerText()).includes(v.finding?.name ?? "?"), "it was kept open");
  await page.clock.fastForward("01:20");
  await page.getByText(catalogues["en"]?.closed ?? "").waitFor();
  assert.equal(await page.locator("#link").inputValue(), "");
  assert.ok(!(await page.locator("main").innerText()).includes(v.finding?.name ?? "?"));
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), "H1");
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

test("which election, and before all else where nobody has said it", async () => {
  for (const name of ["fingerprint-unknown", "good"]) {
    const v = vector(name);
    const { page, context } = await visit(v);
    await checkLink(page, v);
    const text = await page.locator("main").innerText();
    assert.ok(text.includes("https://vote.example.ee/"), "whose collector it is");
    const compare = text.indexOf(catalogues["en"]?.fingerprintCompare ?? "?");
    if (v.fingerprint !== "") assert.equal(compare, -1);
    // A collector of its own can show an election of its own with any signer, vote and title.
    else assert.ok(compare > 0 && compare < text.indexOf(catalogues["en"]?.latest ?? "?") && compare < text.indexOf(v.finding?.name ?? "?"));
    await context.close();
  }
});

test("the district of the ballot", async () => {
  const v = vector("good");
  const { page, context } = await visit(v);
  await checkLink(page, v);
  const { districts } = readJson<{ districts: { id: string; name: string }[] }>(`check/${v.manifest}`);
  const name = districts.find((d) => d.id === v.finding?.district)?.name ?? "?";
  assert.ok((await page.locator("section[aria-labelledby=vote]").innerText()).includes(name), name);
  await context.close();
});

test("the secret does not stay in the address", async () => {
  const { page, context } = await visit(vector("good"), `#${vector("good").link.split("#")[1]}`);
  assert.equal(page.url(), host);
  assert.match(await page.locator("#link").inputValue(), /#valik1\./);
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
