export { t as checkKeepable, n as keepTrained, r as keptRuns } from "./kept-run.js";
