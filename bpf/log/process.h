/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/* log/process.h - handlers of the process part; see log/event.h for how one is written. */
#ifndef AOD_LOG_PROCESS_H
#define AOD_LOG_PROCESS_H

#endif /* AOD_LOG_PROCESS_H */
