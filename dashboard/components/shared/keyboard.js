// Keys work after every widget, and Back leaves the page.
export default function () {
  if (window.fingercountKeyboard) return;
  window.fingercountKeyboard = true;
  for (const kind of ["keydown", "keyup"]) document.addEventListener(kind, handOn, true);
  document.addEventListener("click", leaveAfterChoice, true);
  document.addEventListener("keydown", leaveAfterEnter, true);
  keepOneEntryPerPage();
}

const TYPED = ["text", "search", "number", "password", "email", "url", "tel", "date", "time"];
const isTyped = (element) => element?.tagName === "INPUT" && TYPED.includes(element.type);

// A checkbox takes no letters, but Streamlit's shortcuts do not work inside any input.
function handOn(event) {
  const place = event.composedPath()[0];
  if (!event.isTrusted || place?.tagName !== "INPUT" || isTyped(place)) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return;
  if (event.key === " ") return; // it ticks the box
  const { key, code, keyCode, repeat, shiftKey } = event;
  const again = { key, code, keyCode, repeat, shiftKey, bubbles: true };
  document.body.dispatchEvent(new KeyboardEvent(event.type, again));
}

// A box keeps the keyboard after something was chosen in it, and the next key would be typed.
function leaveAfterChoice(event) {
  const option = event.target.closest?.("[role=option]");
  const several = option?.closest("[aria-multiselectable=true]");
  if (option && !several) setTimeout(leave, 0, document.activeElement);
}

function leaveAfterEnter(event) {
  const place = event.composedPath()[0];
  if (event.key === "Enter" && !event.isComposing && isTyped(place)) setTimeout(leave, 0, place);
}

function leave(place) {
  if (isTyped(place) && !place.closest("[data-testid=stMultiSelect], [data-testid=stChatInput]")) {
    place.blur();
  }
}

// What changes in the address of one page is no step of the way back.
function keepOneEntryPerPage() {
  const push = history.pushState.bind(history);
  history.pushState = (state, title, url) => {
    const same = url && new URL(url, location.href).pathname === location.pathname;
    if (same) history.replaceState(state, title, url);
    else push(state, title, url);
  };
}
