export { t as checkDataOf } from "./data-quality.js";
