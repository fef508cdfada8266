// The house's behaviour, one module a thing. Every page works without it. Put together when the files are
// collected (opsdesk.lib.bundles): scripts of single pages import from here, so that no module runs twice.
import "./keys.js";
import "./menu.js";
import "./focus.js";
import "./once.js";
import "./lines.js";
import "./draft.js";
import "./files.js";
import "./picks.js";
import "./show.js";
import "./session.js";
export { addLine, parse } from "./lines.js";
export { say } from "./live.js";
