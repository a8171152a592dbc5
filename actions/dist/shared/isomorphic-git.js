import { t as require_isomorphic_git } from "../vendor/isomorphic-git.js";
export default require_isomorphic_git();
export {};
