export { c as renderComment, t as renderHtml } from "./report.js";
