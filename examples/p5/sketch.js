// As many dots as fingers: python -m fingercount export --web page, then serve this folder.
import { Counter } from "./page/fingercount.js";

let fingers = 0;

async function follow(video) {
  const counter = await Counter.load("page/model/");
  for await (const { count } of counter.watch(video)) fingers = count ?? 0;
}

new p5((p) => {
  p.setup = () => {
    p.createCanvas(640, 480);
    const video = p.createCapture(p.VIDEO);
    video.hide();
    follow(video.elt); // not awaited: p5 draws once setup is done
  };
  p.draw = () => {
    p.background(20);
    for (let i = 0; i < fingers; i++) p.circle(90 + 115 * i, 240, 80);
  };
});
