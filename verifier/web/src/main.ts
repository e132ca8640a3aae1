// Starts the page.

import { mount, unmount } from "svelte";
import App from "./page/App.svelte";
import { takeFragment } from "./page/fragment.ts";
import "./page/style.css";

const target = document.getElementById("app");
if (target === null) throw new Error("index.html has no #app");
const start = (link: string): object => mount(App, { target, props: { link } });
let app = start(takeFragment(location, history));

// A browser may keep a page that was left, and show it as it was to whoever goes back: nothing of it stays.
addEventListener("pagehide", () => void unmount(app));
addEventListener("pageshow", (event) => {
  if (event.persisted) app = start("");
});

// A second link in the same window loads no second page.
addEventListener("hashchange", () => {
  const link = takeFragment(location, history);
  if (link === "") return;
  void unmount(app);
  app = start(link);
});

// So that the page works offline, and a host that was bad for a moment is seen: what is in the cache stays
// until the whole page has another version.
if (import.meta.env.PROD && "serviceWorker" in navigator) void navigator.serviceWorker.register("./worker.js");
