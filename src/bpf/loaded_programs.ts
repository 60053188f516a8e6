/**
 * The programs that this process has loaded, by the object they are in and the number that the kernel
 * gave them. Objects add themselves when they are loaded and go when they are closed; the thread that
 * opens libbpf is the one to ask.
 * @module
 */
import { SyscallError } from "../os/errno.ts";
import { programStats } from "./program_stats.ts";

/** One program in the kernel. */
export interface LoadedProgram {
  /** Name of its object: "smb". */
  object: string;
  /** As in the source. */
  program: string;
  /** The kernel's number for it; another load has another one. */
  id: number;
}

/** What is asked of an object. */
export interface ProgramOwner {
  /** All of its programs, loaded or not. */
  readonly programs: readonly { name: string }[];
  /** Descriptor, -1 for one that is not loaded. */
  programFd(name: string): number;
}

const loads = new Map<ProgramOwner, { name: string; programs: LoadedProgram[] | null }>();

/** An object has been loaded. */
export function noteLoaded(owner: ProgramOwner, name: string): void {
  loads.set(owner, { name, programs: null });
}

/** An object is about to be closed. */
export function noteClosed(owner: ProgramOwner): void {
  loads.delete(owner);
}

/** Every program of every loaded object; numbers are looked up once. */
export function loadedPrograms(): LoadedProgram[] {
  return [...loads].flatMap(([owner, load]) => load.programs ??= numbersOf(owner, load.name));
}

function numbersOf(owner: ProgramOwner, object: string): LoadedProgram[] {
  return owner.programs.flatMap(({ name: program }) => {
    const fd = owner.programFd(program);
    if (fd < 0) return [];
    try {
      return [{ object, program, id: programStats(fd).id }];
    } catch (error) {
      // A kernel that does not tell costs the figures, nothing else.
      if (error instanceof SyscallError) return [];
      throw error;
    }
  });
}
