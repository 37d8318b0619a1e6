/* SPDX-License-Identifier: BSD-3-Clause */
/* For cppcheck, which reads no system headers: macros that it cannot take for functions. */
#define RTE_LOG_REGISTER(name, what, level) int name;
#define LIST_HEAD(name, type)          \
	struct name {                  \
		struct type *lh_first; \
	}
#define LIST_ENTRY(type)                         \
	struct {                                 \
		struct type *le_next, **le_prev; \
	}
#define LIST_FOREACH(v, head, field) for ((v) = (head)->lh_first; (v); (v) = (v)->field.le_next)
#define SLIST_HEAD(name, type)          \
	struct name {                   \
		struct type *slh_first; \
	}
#define SLIST_ENTRY(type)              \
	struct {                       \
		struct type *sle_next; \
	}
#define SLIST_FOREACH(v, head, field) for ((v) = (head)->slh_first; (v); (v) = (v)->field.sle_next)
