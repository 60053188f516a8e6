/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/* log/uring.h - handlers of the uring part; see log/event.h for how one is written. */
#ifndef AOD_LOG_URING_H
#define AOD_LOG_URING_H

#endif /* AOD_LOG_URING_H */
