// Keeps the page for when there is no network. What the page asks of a collector never comes here: the
// worker answers for the files of the page alone, and the build writes their list and version in place of
// the two names.

const version = "d83333eb92415600";
const files = ["./","./assets/index-HXEMhUdz.js","./assets/Scanner-CFq5kEqL.js","./assets/index-DrhFR4Q-.css","./icon.svg"];
// What the host may change without another version of the page: the newest that could be had.
const changing = new URL("./elections.json", self.registration.scope).href;

// From the host itself: the browser's own cache may have the page of the version before.
const fresh = (file) => new Request(file, { cache: "reload" });

self.addEventListener("install", (event) => {
  event.waitUntil(keepAll().then(() => self.skipWaiting()));
});

async function keepAll() {
  const cache = await caches.open(version);
  await cache.addAll(files.map(fresh));
  await newest(fresh(changing)).catch(() => {}); // a host need not have it
}

self.addEventListener("activate", (event) => {
  const drop = (names) => Promise.all(names.filter((name) => name !== version).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(drop).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  const asked = origin + pathname;
  if (event.request.method !== "GET") return;
  if (asked === changing) event.respondWith(newest(event.request));
  else if (files.some((file) => new URL(file, self.registration.scope).href === asked)) event.respondWith(kept(asked, event.request));
});

async function kept(asked, request) {
  const cache = await caches.open(version);
  return (await cache.match(asked)) ?? fetch(request);
}

async function newest(request) {
  const cache = await caches.open(version);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(changing, answer.clone());
    return answer;
  } catch (fault) {
    const old = await cache.match(changing);
    if (old === undefined) throw fault;
    return old;
  }
}
