// Clicks on the photos of a grid: one selects it, with Shift all from the one before to it, a
// double click shows it large. The boxes below the photos stay what says which are selected, so
// that all works without a mouse, too.
export default function ({ data, parentElement, setTriggerValue }) {
  const state = (parentElement.fingercount ??= { anchor: null });
  Object.assign(state, { key: data.key, send: setTriggerValue });
  if (state.stop) return undefined;
  const listeners = {
    mousedown: (event) => {
      // Shift would mark text from the one place to the other.
      if (event.shiftKey && cellOf(state, event)) event.preventDefault();
    },
    click: (event) => click(state, event),
    dblclick: (event) => {
      const cell = cellOf(state, event);
      if (cell && event.target.tagName === "IMG") state.send("opened", pathOf(cell));
    },
    keydown: (event) => pass(state, event),
  };
  for (const [name, listen] of Object.entries(listeners))
    document.addEventListener(name, listen, true);
  state.stop = () => {
    for (const [name, listen] of Object.entries(listeners))
      document.removeEventListener(name, listen, true);
    state.stop = null;
  };
  return () => state.stop?.();
}

// The photo and its box, around what was clicked; null elsewhere.
function cellOf(state, event) {
  const gallery = event.target.closest?.(`.st-key-${state.key}_gallery`);
  if (!gallery) return null;
  const cell = event.target.closest("[data-testid=stVerticalBlock]");
  return cell && cell !== gallery && cell.querySelector("input[type=checkbox]") ? cell : null;
}

const pathOf = (cell) => cell.querySelector("img")?.alt ?? null;

function click(state, event) {
  const cell = cellOf(state, event);
  if (!cell) return;
  const box = cell.querySelector("input[type=checkbox]");
  const onPhoto = event.target.tagName === "IMG";
  // A click on the words beside a box comes once more, from the box itself; so does one below.
  if (!onPhoto && event.target !== box && !event.shiftKey) return;
  const path = pathOf(cell);
  if (event.shiftKey && state.anchor && path) {
    event.preventDefault();
    event.stopPropagation();
    state.send("range", { from: state.anchor.path, to: path, on: state.anchor.on });
  } else if (onPhoto) {
    // Not box.click(): that looks like a screen reader's, after which a dialog takes no focus.
    box.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, detail: 1 }));
  } else {
    state.anchor = path && { path, on: box.checked };
    // A box that was clicked would keep the keys, such as the one for all, from the page.
    if (event.detail) box.blur();
  }
}

// Streamlit's shortcuts are silent while a box has the focus. Those of letters are meant.
function pass(state, event) {
  if (!/^[a-z0-9]$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.type !== "checkbox" || !cellOf(state, event)) return;
  const { key, code, keyCode } = event;
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key, code, keyCode, bubbles: true }));
  document.body.dispatchEvent(new KeyboardEvent("keyup", { key, code, keyCode, bubbles: true }));
}
