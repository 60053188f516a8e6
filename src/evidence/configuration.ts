/**
 * The configuration with everything that can be named in it: whoever reads one imports this, so that
 * the quick actions and the kinds of anomalies have declared themselves before.
 * @module
 */
import "./actions/registry.ts";
import "../detect/registry.ts";

export {
  ConfigError,
  type Diagnostic,
  formatDiagnostic,
  loadConfig,
  type LoadedConfig,
  parseConfig,
} from "../config/load.ts";
