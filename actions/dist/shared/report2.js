export { o as renderComment, t as renderHtml } from "./report.js";
