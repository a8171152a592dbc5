export { t as DefaultArtifactClient } from "../vendor/actions-artifact.js";
