// Starts the face.

import { mount } from "svelte";
import { Client } from "./core/client.ts";
import { takeKey } from "./core/key.ts";
import { showOf, stay } from "./core/stay.ts";
import App from "./page/App.svelte";
import "./page/style.css";

const target = document.getElementById("app");
if (target === null) throw new Error("index.html has no #app");
const key = takeKey(location, history, sessionStorage);
stay(document, `${location.protocol}//${location.host}`, showOf(window));
mount(App, { target, props: { client: new Client(key, (path, init) => fetch(path, init)) } });

// The program was started again, and its new address was put into the old page.
addEventListener("hashchange", () => location.reload());
