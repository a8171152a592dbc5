export { r as getOctokit } from "../vendor/octokit.js";
