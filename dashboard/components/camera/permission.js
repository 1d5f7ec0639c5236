// Makes the browser ready before the video starts: loads what the video needs, asks for the camera
// that was picked, and says which cameras there are.
const STORE = "fingercount_camera";
const media = navigator.mediaDevices; // none on a page that is neither https nor localhost

export default function ({ data, parentElement, setStateValue }) {
  // An answer that comes late must not stand in the place of a newer round's.
  const answer = (error) => {
    if (parentElement.round === data.round) setStateValue("answer", { round: data.round, error });
  };
  const begins = data.round && parentElement.round !== data.round;
  parentElement.round = data.round;
  parentElement.say = setStateValue;
  if (data.camera && data.camera !== parentElement.camera) {
    parentElement.camera = data.camera;
    remember(data.camera);
    if (!begins) switchCamera(parentElement).catch((error) => answer(error.name));
  }
  if (!parentElement.listens) {
    parentElement.listens = true;
    tellCameras(parentElement);
    media?.addEventListener("devicechange", () => tellCameras(parentElement));
  }
  if (!begins) return;
  if (!media) return answer("NoMediaDevices");
  const ready = loadedFrames().then((frames) => {
    frames.forEach(openThePicked);
    return loadPieces(frames, data.pieces);
  });
  Promise.race([patience(), ready.catch(() => {})])
    .then(() => openCamera((wanted) => media.getUserMedia(wanted), { video: true }))
    .then(
      async (stream) => {
        const [track] = stream.getVideoTracks();
        remember(track.getSettings().deviceId);
        track.stop();
        await tellCameras(parentElement); // only now do they have names
        answer("");
      },
      (error) => answer(error.name),
    );
}

const patience = () => new Promise((done) => setTimeout(done, 5000));

const frames = () => [...document.querySelectorAll("iframe[src*='streamlit_webrtc']")];
// A frame that was just put on the page has another, empty document, or none, until it is loaded.
const loaded = (frame) => {
  const page = frame.contentDocument;
  return page?.head && page.URL === frame.src && page.readyState === "complete";
};
async function loadedFrames() {
  while (!frames().length || !frames().every(loaded)) {
    await new Promise((done) => setTimeout(done, 50));
  }
  return frames();
}

const load = (frame, source) => new Promise((done) => {
  const script = frame.contentDocument.createElement("script");
  Object.assign(script, { type: "module", src: source, onload: done, onerror: done });
  frame.contentDocument.head.append(script);
});
const loadPieces = (all, sources) =>
  Promise.all(all.flatMap((frame) => sources.map((source) => load(frame, source))));

// By itself, the video remembers the first camera it ever opened and asks for no other.
function openThePicked(frame) {
  const own = frame.contentWindow;
  if (own.fingercount) return;
  own.fingercount = {}; // of the running video: what was wanted, its stream, what sends it
  const open = own.navigator.mediaDevices.getUserMedia.bind(own.navigator.mediaDevices);
  own.navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = await openCamera(open, wanted);
    Object.assign(own.fingercount, { wanted, stream });
    return stream;
  };
  const { addTrack } = own.RTCPeerConnection.prototype;
  own.RTCPeerConnection.prototype.addTrack = function (track, ...streams) {
    const sender = addTrack.call(this, track, ...streams);
    if (track.kind === "video") own.fingercount.sender = sender;
    return sender;
  };
}

// Puts the picked camera into a running video: no new connection, so it takes a moment only.
async function switchCamera(place) {
  for (const frame of frames()) {
    const { wanted, stream, sender } = frame.contentWindow.fingercount ?? {};
    const before = sender?.track;
    if (before?.readyState !== "live" || before.getSettings().deviceId === remembered()) continue;
    before.stop(); // phones open one camera at a time
    const opened = await openCamera((one) => media.getUserMedia(one), wanted);
    const [track] = opened.getVideoTracks();
    await sender.replaceTrack(track);
    stream.removeTrack(before);
    stream.addTrack(track); // so that Stop stops it
    remember(track.getSettings().deviceId);
    await tellCameras(place);
  }
}

// Where that camera is gone, another one opens, and the page says which.
async function openCamera(open, wanted) {
  const picked = remembered();
  if (!wanted?.video) return open(wanted);
  const { deviceId: _, ...video } = wanted.video === true ? {} : wanted.video;
  if (!picked) return openAtLast(open, { ...wanted, video });
  try {
    return await openAtLast(open, { ...wanted, video: { ...video, deviceId: { exact: picked } } });
  } catch (error) {
    if (!["OverconstrainedError", "NotFoundError"].includes(error.name)) throw error;
    return openAtLast(open, { ...wanted, video });
  }
}

// A camera that another page is just letting go of may never answer: then it is asked again. Not
// where a person is still being asked, which takes as long as it takes.
const HANGS = 4000; // milliseconds; an allowed camera opens in one or two seconds
async function openAtLast(open, wanted, tries = 3) {
  const opening = open(wanted);
  if (tries === 1 || !(await isAllowed())) return opening;
  const hung = new Promise((done) => setTimeout(done, HANGS));
  const stream = await Promise.race([opening, hung]);
  if (stream) return stream;
  opening.then((late) => late.getTracks().forEach((track) => track.stop()), () => {});
  return openAtLast(open, wanted, tries - 1);
}

async function isAllowed() {
  try {
    return (await navigator.permissions.query({ name: "camera" })).state === "granted";
  } catch {
    return false; // a browser that does not tell
  }
}

async function tellCameras(place) {
  const devices = (await media?.enumerateDevices?.().catch(() => [])) ?? [];
  // Until the camera was allowed once, they have neither names nor ids.
  const cameras = devices
    .filter(({ kind, deviceId, label }) => kind === "videoinput" && deviceId && label)
    .map(({ deviceId, label }) => ({ id: deviceId, label }));
  const told = JSON.stringify([cameras, remembered()]);
  if (place.told === told || (!place.told && cameras.length < 2)) return; // nothing to choose
  place.told = told;
  place.say("cameras", { cameras, picked: remembered() });
}

function remember(camera) {
  window.fingercountCamera = camera;
  try {
    if (camera) localStorage.setItem(STORE, camera);
  } catch {
    // A browser that keeps nothing still opens what was picked.
  }
}

function remembered() {
  try {
    return window.fingercountCamera || localStorage.getItem(STORE) || "";
  } catch {
    return window.fingercountCamera || "";
  }
}
