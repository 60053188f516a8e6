/**
 * The traps of following a CIFS client on kernel 6.1.
 * @module
 */
import { trapsOn } from "./traps/suite.ts";

trapsOn("6.1");
