export { n as renderHtml } from "./html-page.js";
