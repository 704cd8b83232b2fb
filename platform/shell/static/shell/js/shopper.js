/** The customer's pages need little: copies, sharing, busy buttons, toasts. */
import * as forms from "./forms.js";
import * as toasts from "./toasts.js";
import "./copy.js";

document.documentElement.classList.add("js");
toasts.init(document);
forms.init(document);
