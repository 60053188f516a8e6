/**
 * Opens the libraries that stay open for the life of a thread, when it is imported: otherwise the
 * first test that needs one would look as if it leaked it.
 * @module
 */
import { libbpf } from "../../src/bpf/libbpf.ts";
import { ProcReader } from "../../src/os/proc_reader.ts";
import { readLinkBytes } from "../../src/os/read_link.ts";
import { systemCalls } from "../../src/os/system_calls.ts";
import { EventQueue } from "../../src/stream/event_queue.ts";
import { nativeDecoder } from "../../src/stream/native_decode.ts";
import { FakeRing } from "./fake_ring.ts";

libbpf();
systemCalls();
readLinkBytes("/proc/self/exe");
new ProcReader();
const ring = new FakeRing(4096);
nativeDecoder(ring.reader, EventQueue.create(16).columns);
ring.close();
