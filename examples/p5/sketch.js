// As many dots as fingers: python -m fingercount export --web page, then serve this folder.
import { Counter } from "./page/fingercount.js";

let fingers = 0;

new p5((p) => {
  p.setup = async () => {
    p.createCanvas(640, 480);
    const video = p.createCapture(p.VIDEO);
    video.hide();
    const counter = await Counter.load("page/model/");
    for await (const { count } of counter.watch(video.elt)) fingers = count ?? 0;
  };
  p.draw = () => {
    p.background(20);
    for (let i = 0; i < fingers; i++) p.circle(90 + 115 * i, 240, 80);
  };
});
