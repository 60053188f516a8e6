// SPDX-License-Identifier: MIT
/*
 * decode.c - moves SMB requests from the ring into columns (src/stream/native_decode.ts).
 *
 * The same as decodeRun() of src/stream/decode_run.ts, which is used where this library is absent and
 * which the tests hold this one against. Transposing 120 bytes takes 15 loads and 15 stores; with
 * 16-byte registers it is half of that, and no bounds are checked for each: 2 ns a record, not 6.
 */
#include <linux/types.h>
#include <stddef.h>
#include <stdint.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "events.h"

enum {
	LENGTH = sizeof(struct aod_smb_request),
	LANES = LENGTH / 8,
	STRIDE = LANES + 1, /* with the 8-byte header of the ring */
	BLOCK = 4,
};

_Static_assert(LENGTH % 16 == 8, "lanes are moved in pairs behind the first one");

/* A header is read before what it stands for; its busy and discard bits make it another value. */
static inline uint32_t differs(const uint64_t *record)
{
	return __atomic_load_n((const uint32_t *)record, __ATOMIC_ACQUIRE) ^ LENGTH;
}

static inline void move_one(const uint64_t *record, uint64_t *to, size_t stride)
{
	for (int lane = 0; lane < LANES; lane++)
		to[lane * stride] = record[1 + lane];
}

static inline void move_two(const uint64_t *record, uint64_t *to, size_t stride)
{
#if defined(__SSE2__)
	const uint64_t *next = record + STRIDE;
	__m128i a = _mm_loadl_epi64((const __m128i *)(record + 1));
	__m128i b = _mm_loadl_epi64((const __m128i *)(next + 1));

	_mm_storeu_si128((__m128i *)to, _mm_unpacklo_epi64(a, b));
	for (int lane = 1; lane < LANES; lane += 2) {
		a = _mm_loadu_si128((const __m128i *)(record + 1 + lane));
		b = _mm_loadu_si128((const __m128i *)(next + 1 + lane));
		_mm_storeu_si128((__m128i *)(to + lane * stride), _mm_unpacklo_epi64(a, b));
		_mm_storeu_si128((__m128i *)(to + (lane + 1) * stride), _mm_unpackhi_epi64(a, b));
	}
#else
	move_one(record, to, stride);
	move_one(record + STRIDE, to + 1, stride);
#endif
}

/*
 * Moves finished plain requests that stand one after another from byte `offset` of the ring's data
 * into row `row` and following of the columns, which are `stride` 64-bit words apart. Stops at the
 * first other record or after `rows`. The caller has checked that all of it lies in both.
 * Returns the rows moved.
 */
uint32_t aod_decode_run(const uint8_t *ring, uint32_t offset, uint64_t *columns, uint32_t stride,
			uint32_t row, uint32_t rows)
{
	const uint64_t *record = (const uint64_t *)(ring + offset);
	uint64_t *to = columns + row;
	uint32_t done = 0;

	for (; done + BLOCK <= rows; done += BLOCK, record += BLOCK * STRIDE, to += BLOCK) {
		if (differs(record) | differs(record + STRIDE) | differs(record + 2 * STRIDE) |
		    differs(record + 3 * STRIDE))
			break;
		move_two(record, to, stride);
		move_two(record + 2 * STRIDE, to + 2, stride);
	}
	for (; done < rows && !differs(record); done++, record += STRIDE, to++)
		move_one(record, to, stride);
	return done;
}
