// The page is kept for later, and reloaded once so that its threads may share memory.

export async function keepPage() {
  const workers = navigator.serviceWorker;
  if (!workers) return;
  try {
    await active(await workers.register("sw.js")); // all files are kept from here on
    if (self.crossOriginIsolated || sessionStorage.getItem("settled")) return;
    sessionStorage.setItem("settled", "yes");
    if (!workers.controller) {
      await new Promise((done) => workers.addEventListener("controllerchange", done, { once: true }));
    }
    location.reload();
    await new Promise(() => {}); // the page goes
  } catch {
    // Without it the page counts as well, with one thread and a network.
  }
}

/** Waits until a service worker is at work; fails where a file of the page is not there. */
function active(registration) {
  const worker = registration.installing ?? registration.waiting;
  if (registration.active || !worker) return Promise.resolve();
  return new Promise((done, fail) => {
    worker.addEventListener("statechange", () => {
      if (worker.state === "activated") done();
      if (worker.state === "redundant") fail(new Error("The page cannot be kept."));
    });
  });
}
