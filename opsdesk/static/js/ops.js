// The house's behaviour, one module a thing. Every page works without it.
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
