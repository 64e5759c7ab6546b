import "@cloudscape-design/global-styles/index.css";
import "./main.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { applySettings } from "./shell/settings";

applySettings(); // before the first paint, or a dark page would start with a flash
createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
