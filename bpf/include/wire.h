/* What crosses between kernel and userland: map keys and values, ring records. Userland reads the offsets from BTF
 * (src/agent/bpf/layout.gen.ts); the assertions hold the layout still. */
#pragma once

#define PROCESS_IDS (4u << 20) /* the kernel's ceiling */
#define MAX_SERVICES 512
#define MAX_PROTOCOLS 8
#define STATUS_CLASSES 6
#define BUCKETS 20
#define ROUTE_TEXT 96
#define CAPTURE_REQUEST 256
#define SLOW_PIECE 4096

enum side { SIDE_UNKNOWN, SIDE_SERVER, SIDE_CLIENT };
enum protocol { PROTOCOL_UNDECIDED, PROTOCOL_HTTP, PROTOCOL_UNKNOWN };
enum mode { MODE_FAST, MODE_SLOW, MODE_BLIND };
enum verdict { VERDICT_NONE, VERDICT_ERROR, VERDICT_SLOW, VERDICT_SHARE };
enum direction { SENDING, RECEIVING };

/* An address is 16 bytes, IPv4 mapped into IPv6; ports in host order. */
struct endpoint {
	u64 high; /* network order, as stored */
	u64 low;
};

struct target {
	u32 service;
	u32 flags;
};

/* The objects' one .bss. */
struct selection {
	u64 bits[PROCESS_IDS / 64]; /* of each process id, whether it is selected */
	u32 epoch;		    /* moved by userland whenever a target changes hands */
	u32 pad;
};

struct policy {
	u64 slower_than_ns; /* 0: off */
	u64 threshold;	    /* 56 bit */
	u64 interval_ns;    /* between kept exchanges; 0: no cap */
	u64 next_ns;	    /* written by the kernel: when the bucket is level again */
	u16 capture_request;
	u8 keep_errors;
	u8 set;
	u8 pad[4];
};
_Static_assert(sizeof(struct policy) == 40, "policy");

struct red_key {
	u64 route;
	u64 peer;
	u16 service;
	u16 status;
	u16 server_port;
	u8 method;
	u8 end; /* RED_END */
};
_Static_assert(sizeof(struct red_key) == 24, "red_key"); /* every byte is hashed for every exchange */
#define RED_END(side, protocol) ((side) | (protocol) << 2)

struct red_value {
	u64 count;
	u64 sum_ns;
	u64 request_bytes;
	u64 response_bytes;
	u64 buckets[BUCKETS];
};
_Static_assert(sizeof(struct red_value) == 192, "red_value");

struct overflow_value {
	u64 count;
	u64 sum_ns;
	u64 request_bytes;
	u64 response_bytes;
};

struct coverage {
	u64 parsed;
	u64 slow;
	u64 blind;
	u64 unknown;
};

struct route_entry {
	u32 service;
	u16 bytes;
	u16 pad;
	u8 target[ROUTE_TEXT]; /* the first target that had this hash, not folded */
};
_Static_assert(sizeof(struct route_entry) == 104, "route_entry");

/* What is remembered of an exchange. */
struct summary {
	u64 route;
	u64 trace_high;
	u64 trace_low;
	u64 parent;
	u64 start_ns;
	u64 first_ns;
	u64 last_ns;
	u64 socket;
	u64 request_bytes;
	u64 response_bytes;
	struct endpoint local;
	struct endpoint remote;
	u32 service;
	u32 tgid;
	u32 request_tid;
	u32 response_tid;
	u32 sequence;
	u16 local_port;
	u16 remote_port;
	u16 status;
	u8 side;
	u8 protocol;
	u8 method;
	u8 has_trace;
	u8 trace_flags;
	u8 verdict;
};
_Static_assert(sizeof(struct summary) == 144, "summary");

struct kept_record {
	struct summary summary;
	u64 threshold;
	u16 request_size;
	u8 pad[6];
	u8 bytes[CAPTURE_REQUEST]; /* of the request's head */
};
_Static_assert(sizeof(struct kept_record) == 416, "kept_record");

enum control_kind { CONTROL_FORK = 1, CONTROL_EXEC, CONTROL_EXIT, CONTROL_CLOSE, CONTROL_MODE };

struct process_record {
	u32 kind;
	u32 tgid;
	u32 parent;
	u32 selected;
	u64 at_ns;
	u8 comm[16];
};

struct mode_record {
	u32 kind;
	u32 service;
	u64 socket;
	u32 mode;
	u32 reason;
};

struct close_record {
	u32 kind;
	u32 service;
	u64 socket;
	u64 opened_ns;
	u64 closed_ns;
	u64 connect_ns;
	u64 sent;
	u64 received;
	struct endpoint local;
	struct endpoint remote;
	u32 tgid;
	u32 exchanges;
	u32 smoothed_rtt_us;
	u32 retransmits;
	u16 local_port;
	u16 remote_port;
	u8 side;
	u8 failed;
	u8 pad[2];
};

/* A piece of a SLOW connection's bytes, at `offset` in its direction since the switch. `size` 0: bytes that could not
 * be read, `missing` of them. */
struct slow_record {
	u64 socket;
	u64 at_ns;
	u64 offset;
	struct endpoint local;
	struct endpoint remote;
	u64 missing;
	u32 service;
	u32 tgid;
	u32 tid;
	u32 sequence;
	u16 local_port;
	u16 remote_port;
	u16 size;
	u8 side;
	u8 direction;
	u8 bytes[SLOW_PIECE];
};
_Static_assert(sizeof(struct slow_record) == 88 + SLOW_PIECE, "slow_record");
