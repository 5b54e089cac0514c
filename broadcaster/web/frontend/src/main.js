// htmx for the pages, and the few small things it cannot do.
import "htmx.org";
import "./htmx_settings.js";
import "./summary_focus.js";
import "./menus.js";
import "./confirm.js";
import "./busy.js";
import "./copy.js";
import "./place_search.js";
