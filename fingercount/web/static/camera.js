// The camera: which one, its picture in a <video>, and what to do where it does not start.

import { remember } from "./remember.js";

const TROUBLE = {
  NotAllowedError: "This page may not use the camera. Allow it in the browser, then press Start.",
  NotFoundError: "The browser found no camera. Connect one, then press Start.",
  NotReadableError: "The camera is in use. Close what uses it, then press Start.",
};

/** Shows the camera in a video; does nothing if `signal` has ended it meanwhile. */
export async function startCamera(video, signal) {
  const stream = await open();
  if (signal.aborted) return stream.getTracks().forEach((track) => track.stop());
  video.srcObject = stream;
  await video.play();
}

export function stopCamera(video) {
  video.srcObject?.getTracks().forEach((track) => track.stop());
  video.srcObject = null;
}

/** Returns what to do about an error of `startCamera`. */
export function adviceOn(error) {
  if (!navigator.mediaDevices) return "Browsers allow the camera only on https or localhost pages.";
  return TROUBLE[error.name] ?? `The camera did not start (${error.name}).`;
}

/** Fills a <select> with the cameras, which shows itself where there are several. */
export async function listCameras(chooser, video) {
  const devices = await navigator.mediaDevices.enumerateDevices();
  const cameras = devices.filter(({ kind, deviceId }) => kind === "videoinput" && deviceId);
  chooser.replaceChildren(...cameras.map(({ deviceId, label }, n) => {
    return new Option(label || `Camera ${n + 1}`, deviceId);
  }));
  chooser.value = video.srcObject?.getVideoTracks()[0].getSettings().deviceId ?? "";
  chooser.hidden = cameras.length < 2;
}

async function open() {
  const video = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } };
  const id = remember.get("camera");
  const wanted = id ? { ...video, deviceId: { exact: id } } : { ...video, facingMode: "user" };
  try {
    return await navigator.mediaDevices.getUserMedia({ video: wanted });
  } catch (error) {
    if (error.name !== "OverconstrainedError") throw error;
    return navigator.mediaDevices.getUserMedia({ video });
  }
}
