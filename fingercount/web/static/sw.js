// Keeps the page so that it works without a network, and lets it use several threads.

const KEPT = "fingercount-{{version}}";
const FILES = {{files}};

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(KEPT).then((kept) => kept.addAll(FILES)).then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) => names.filter((n) => n.startsWith("fingercount-") && n !== KEPT))
      .then((old) => Promise.all(old.map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method !== "GET" || new URL(url).origin !== location.origin) return;
  event.respondWith(answer(event.request));
});

async function answer(request) {
  const kept = await (await caches.open(KEPT)).match(request, { ignoreSearch: true });
  const found = kept ?? (await fetch(request));
  if (found.status === 0) return found;
  const headers = new Headers(found.headers);
  // What browsers ask for before a page's threads may share memory.
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", "require-corp");
  return new Response(found.body, { status: found.status, statusText: found.statusText, headers });
}
