export { n as parquetWriteBuffer } from "../vendor/hyparquet-writer.js";
