/**
 * Starts the dashboard in the browser.
 * @module
 */
import { render } from "preact";
import { Live } from "./state/live.ts";
import { Store } from "./state/store.ts";
import { App } from "./view/app.tsx";

const root = document.getElementById("app");
if (root !== null) {
  const store = new Store();
  const live = new Live(store);
  render(<App store={store} live={live} />, root);
  void live.start();
  setInterval(() => live.tick(), 1000);
}
