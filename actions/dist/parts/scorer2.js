export { t as openScorer } from "./scorer.js";
