/**
 * The fault table on kernel 6.12.
 * @module
 */
import { scenariosOn } from "./scenarios/suite.ts";

scenariosOn("6.12");
