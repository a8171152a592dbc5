export { t as getOctokit } from "../vendor/octokit.js";
