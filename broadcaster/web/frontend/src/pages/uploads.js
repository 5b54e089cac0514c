// The page's uploader and recorder: resumable uploads by tus, recording in the browser. Loaded only there.
import { Recorder } from "./upload/recorder.js";
import { Tool } from "./upload/tool.js";

const root = document.querySelector("[data-uploader]");
if (root) {
  const tool = new Tool(root);
  new Recorder(root.querySelector("[data-recorder]"), tool);
}
