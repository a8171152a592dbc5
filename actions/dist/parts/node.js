export { c as parquetMetadata, t as parquetRead, u as parquetSchema } from "../vendor/hyparquet.js";
