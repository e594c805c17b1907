/* Never loaded: names every struct userland reads once, so that its BTF has them all. */
#include "include/kernel.h"
#include "include/wire.h"
#include "include/work.h"

struct {
	struct target target;
	struct selection selection;
	struct policy policy;
	struct red_key red_key;
	struct red_value red_value;
	struct overflow_value overflow_value;
	struct coverage coverage;
	struct route_entry route_entry;
	struct kept_record kept_record;
	struct process_record process_record;
	struct mode_record mode_record;
	struct close_record close_record;
	struct slow_record slow_record;
	struct work work;
} wire;
