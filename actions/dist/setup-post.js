import { r as run } from "./parts/run.js";
import { n as saveTarballs } from "./parts/tarballs.js";
await run(saveTarballs);
export {};
