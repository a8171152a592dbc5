export { t as parse } from "../vendor/csv-parse.js";
