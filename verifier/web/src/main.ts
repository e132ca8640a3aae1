// Starts the page.

import { mount } from "svelte";
import App from "./page/App.svelte";
import { takeFragment } from "./page/fragment.ts";
import "./page/style.css";

const target = document.getElementById("app");
if (target === null) throw new Error("index.html has no #app");
mount(App, { target, props: { link: takeFragment(location, history) } });

// So that the page works offline, and a host that was bad for a moment is seen: what is in the cache stays
// until the whole page has another version.
if (import.meta.env.PROD && "serviceWorker" in navigator) void navigator.serviceWorker.register("./worker.js");
