// htmx for the pages, and the few small things it cannot do.
import "htmx.org";
import "./htmx_settings.js";
import "./summary_focus.js";
import "./menus.js";
import "./dialogs.js";
import "./confirm.js";
import "./busy.js";
import "./toasts.js";
import "./tabs.js";
import "./counter.js";
import "./day_words.js";
import "./copy.js";
import "./details_of_address.js";
import "./search_key.js";
import "./typed_words.js";
import "./place_search.js";
