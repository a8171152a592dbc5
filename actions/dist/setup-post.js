import { r as run } from "./shared/run.js";
import { n as saveTarballs } from "./shared/tarballs.js";
await run(saveTarballs);
export {};
