/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/* uring_ring.h - part of uring.c: a ring, without a library. */
#ifndef URING_RING_H
#define URING_RING_H

/* Newer than some headers: include/uapi/linux/io_uring.h of Linux 6.9 and 6.11 */
#define OP_FTRUNCATE 55
#define OP_BIND 56

static struct {
	int fd;
	char *sq, *cq;
	struct io_uring_sqe *sqes;
	struct io_uring_params params;
	struct io_uring_probe *probe;
} ring;

static void set_up(unsigned int flags)
{
	struct io_uring_params *p = &ring.params;

	memset(p, 0, sizeof(*p));
	p->flags = flags;
	p->sq_thread_idle = 1000;
	ring.fd = syscall(SYS_io_uring_setup, 8, p);
	if (ring.fd < 0 && (errno == ENOSYS || errno == EPERM))
		exit(NOT_HERE);
	must(ring.fd >= 0, "io_uring_setup");
	ring.sq = mmap(NULL, p->sq_off.array + p->sq_entries * 4, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
		       ring.fd, IORING_OFF_SQ_RING);
	ring.cq = mmap(NULL, p->cq_off.cqes + p->cq_entries * sizeof(struct io_uring_cqe), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_POPULATE, ring.fd, IORING_OFF_CQ_RING);
	ring.sqes = mmap(NULL, p->sq_entries * sizeof(struct io_uring_sqe), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_POPULATE, ring.fd, IORING_OFF_SQES);
	must(ring.sq != MAP_FAILED && ring.cq != MAP_FAILED && ring.sqes != MAP_FAILED, "mmap");
	ring.probe = calloc(1, sizeof(*ring.probe) + 256 * sizeof(struct io_uring_probe_op));
	must(!syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_PROBE, ring.probe, 256), "probe");
}

static int supported(int op)
{
	return op <= ring.probe->last_op && ring.probe->ops[op].flags & IO_URING_OP_SUPPORTED;
}

#define at(base, offset) ((unsigned int *)((base) + (offset)))

/* Submits one operation and does not wait. */
static void submit(const struct io_uring_sqe *sqe)
{
	struct io_uring_params *p = &ring.params;
	unsigned int tail = *at(ring.sq, p->sq_off.tail), index = tail & *at(ring.sq, p->sq_off.ring_mask);

	ring.sqes[index] = *sqe;
	at(ring.sq, p->sq_off.array)[index] = index;
	__atomic_store_n(at(ring.sq, p->sq_off.tail), tail + 1, __ATOMIC_RELEASE);
	if (!(p->flags & IORING_SETUP_SQPOLL))
		must(syscall(SYS_io_uring_enter, ring.fd, 1, 0, 0, NULL, 0) == 1, "io_uring_enter");
	else if (__atomic_load_n(at(ring.sq, p->sq_off.flags), __ATOMIC_SEQ_CST) & IORING_SQ_NEED_WAKEUP)
		must(syscall(SYS_io_uring_enter, ring.fd, 0, 0, IORING_ENTER_SQ_WAKEUP, NULL, 0) >= 0, "wake");
}

/* The result of the operation that ended first. */
static int reap(void)
{
	struct io_uring_params *p = &ring.params;
	unsigned int head = *at(ring.cq, p->cq_off.head);
	struct io_uring_cqe *cqes = (void *)(ring.cq + p->cq_off.cqes);
	int result;

	while (head == __atomic_load_n(at(ring.cq, p->cq_off.tail), __ATOMIC_ACQUIRE))
		must(syscall(SYS_io_uring_enter, ring.fd, 0, 1, IORING_ENTER_GETEVENTS, NULL, 0) >= 0, "wait");
	result = cqes[head & *at(ring.cq, p->cq_off.ring_mask)].res;
	__atomic_store_n(at(ring.cq, p->cq_off.head), head + 1, __ATOMIC_RELEASE);
	return result;
}

static int run(struct io_uring_sqe sqe)
{
	submit(&sqe);
	return reap();
}

/* The events of a ring with a submission thread are that thread's: its number is not known here. */
static void expect_op(const char *type, int op, int args, ll a, ll b, ll c, ll d, ll e, ll f)
{
	int tid = ring.params.flags & IORING_SETUP_SQPOLL ? 0 : getpid();

	expect_of(tid, type, "", 0, args, a, b, c, d, e, f);
	with_number("op", op);
	with_flag("IO_URING");
}

#define SQE(code, ...) ((struct io_uring_sqe){ .opcode = IORING_OP_##code, __VA_ARGS__ })
#define PTR(pointer) .addr = (unsigned long)(pointer)

#endif /* URING_RING_H */
