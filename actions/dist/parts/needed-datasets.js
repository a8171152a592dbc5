export { t as neededDatasets } from "./needed-datasets2.js";
