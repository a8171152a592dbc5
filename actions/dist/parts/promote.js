export { t as command, n as describeResult } from "./promote2.js";
