/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/* log/network.h - handlers of the network part; see log/event.h for how one is written. */
#ifndef AOD_LOG_NETWORK_H
#define AOD_LOG_NETWORK_H

#endif /* AOD_LOG_NETWORK_H */
