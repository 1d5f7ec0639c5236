// The frames of a playing video, the newest at any time.

/** Notes each frame as it comes, so that who asks late gets it at once and not the one after. */
export class Frames {
  #video;
  #signal;
  #newest = null;
  #over = false;
  #wake = () => {};
  #end = () => {
    this.#over = true;
    this.#wake();
  };

  /** @param signal an AbortSignal that ends it */
  constructor(video, signal) {
    this.#video = video;
    this.#signal = signal;
    video.addEventListener("ended", this.#end);
    signal?.addEventListener("abort", this.#end);
    if (signal?.aborted || video.ended) this.#over = true;
    this.#look(video.currentTime);
  }

  /** Waits for a frame that was not yet given; returns its time in the video in seconds, null where
   * no more will come. */
  async next() {
    while (this.#newest === null && !this.#over) await new Promise((done) => (this.#wake = done));
    if (this.#signal?.aborted) return null;
    const time = this.#newest;
    this.#newest = null;
    return time;
  }

  close() {
    this.#end();
    this.#video.removeEventListener("ended", this.#end);
    this.#signal?.removeEventListener("abort", this.#end);
  }

  #look(before) {
    if (this.#over) return;
    const there = (time) => {
      this.#newest = time;
      this.#wake();
      this.#look(time);
    };
    const video = this.#video;
    if (video.requestVideoFrameCallback) {
      video.requestVideoFrameCallback((_, { mediaTime }) => there(mediaTime));
      return;
    }
    requestAnimationFrame(() => {
      const is = video.videoWidth && video.currentTime !== before;
      is ? there(video.currentTime) : this.#look(before);
    });
  }
}
