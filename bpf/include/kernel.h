/* What every probe includes first. */
#pragma once
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

#define AF_INET 2
#define AF_INET6 10
#define IPPROTO_TCP 6
#define IPPROTO_MPTCP 262
#define MSG_PEEK 0x2
#define MSG_TRUNC 0x20
#define MSG_ERRQUEUE 0x2000
#define PF_IO_WORKER 0x10
#define PF_KTHREAD 0x200000
#define TS_COMPAT 0x2 /* x86: in a 32-bit system call */

/* A load another CPU's atomic store is ordered with. Adding a zero the compiler knows would become a loop. */
#define LOAD_ORDERED(p)                                                                                                    \
	({                                                                                                                 \
		u64 zero = 0;                                                                                              \
		asm volatile("" : "+r"(zero));                                                                             \
		__sync_fetch_and_add(p, zero);                                                                             \
	})
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define BITS_56 ((1ULL << 56) - 1)
