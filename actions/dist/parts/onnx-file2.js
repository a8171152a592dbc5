export { t as checkOnnx } from "./onnx-file.js";
