/**
 * The fault table on kernel 6.1.
 * @module
 */
import { scenariosOn } from "./scenarios/suite.ts";

scenariosOn("6.1");
