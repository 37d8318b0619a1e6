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
#define TAILQ_HEAD(name, type)                      \
	struct name {                               \
		struct type *tqh_first, **tqh_last; \
	}
#define TAILQ_ENTRY(type)                          \
	struct {                                   \
		struct type *tqe_next, **tqe_prev; \
	}
#define TAILQ_FIRST(head)	      ((head)->tqh_first)
#define TAILQ_FOREACH(v, head, field) for ((v) = (head)->tqh_first; (v); (v) = (v)->field.tqe_next)
