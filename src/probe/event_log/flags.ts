/**
 * The marks of an event: what is special about it, each a key of the output that is there only where
 * it is true.
 * @module
 */
import { LOG_FLAG } from "./layout.gen.ts";

/** A name was cut: no flag of the kernel's, but of a data item. */
export const NAME_CUT = 1 << 16;

/** One mark. */
export interface EventMark {
  /** Bit in the flags. */
  flag: number;
  /** Key in JSON. */
  name: string;
  /** What it means. */
  about: string;
}

/** In the order of the output. */
export const EVENT_MARKS: readonly EventMark[] = [
  { flag: LOG_FLAG.DELETED, name: "deleted", about: "the file has no name any more" },
  {
    flag: LOG_FLAG.DIR_DELETED,
    name: "dir_deleted",
    about: "the directory that the name is relative to has been removed",
  },
  { flag: LOG_FLAG.CHROOT, name: "chroot", about: "absolute names begin at dir, not at /" },
  { flag: LOG_FLAG.PEER, name: "peer", about: "addr is the socket's peer: the call named none" },
  {
    flag: LOG_FLAG.PATH_CUT,
    name: "path_cut",
    about: "a path lacks names at its beginning, and has no slash there",
  },
  { flag: LOG_FLAG.PATH_LOST, name: "path_lost", about: "a path is not known" },
  {
    flag: LOG_FLAG.NAME_LOST,
    name: "name_lost",
    about: "a name or an address could not be read from the caller's memory",
  },
  { flag: NAME_CUT, name: "name_cut", about: "a name is longer than what is kept" },
  { flag: LOG_FLAG.ARGV_CUT, name: "argv_cut", about: "there are more arguments" },
  {
    flag: LOG_FLAG.VECTORS_CUT,
    name: "vectors_cut",
    about: "there are more vectors than were added up: count is a lower bound",
  },
  {
    flag: LOG_FLAG.MESSAGES_CUT,
    name: "messages_cut",
    about: "the call transferred more messages than are told one by one",
  },
  {
    flag: LOG_FLAG.FIXED_FILE,
    name: "fixed_file",
    about: "the descriptor is an index of the files registered with io_uring",
  },
];

/** All flags that are marks. */
export const MARK_FLAGS: number = EVENT_MARKS.reduce((all, { flag }) => all | flag, 0);

/** O_CREAT and __O_TMPFILE (include/uapi/asm-generic/fcntl.h): with them open(2) takes a mode. */
export const CREATE_FLAGS = 0o100 | 0o20000000;

/** The part of a mode that tells the file type, and two types (include/uapi/linux/stat.h). */
export const S_IFMT = 0o170000;
/** A pipe, or one with a name. */
export const S_IFIFO = 0o010000;
/** A socket. */
export const S_IFSOCK = 0o140000;
