/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Weak memory for the models. Every process has one buffer slot per variable; a store goes
 * there and reaches memory at any later time, in any order among variables (drain). Its
 * own loads see it at once. So store-load and store-store pairs of one thread may swap,
 * which is more than x86 does and what arm64 does to stores. A release store first lets
 * everything before it out; an atomic read-modify-write and a full fence do so too.
 * membarrier() lets the stores of all processes out.
 *
 * The including model defines NP (processes 0..NP-1 with buffers) and NV (variables, <= 6).
 */
byte mem[NV];
bit has[NP * NV];
byte val[NP * NV];

#define AT(p, v)   ((p) * NV + (v))
#define LOAD(p, v) (has[AT(p, v)] -> val[AT(p, v)] : mem[v])

#define STORE(p, v, x)           \
	d_step {                 \
		val[AT(p, v)] = x; \
		has[AT(p, v)] = 1 \
	}

/* Macros, as an inline of spin cannot well call another one. Inside d_step only: */
byte sb_v, sb_p;
#define OUT_OF(p)                                      \
	sb_v = 0;                                      \
	do                                             \
	:: sb_v < NV ->                                \
		if                                     \
		:: has[AT(p, sb_v)] ->                 \
			mem[sb_v] = val[AT(p, sb_v)];  \
			has[AT(p, sb_v)] = 0;          \
			val[AT(p, sb_v)] = 0           \
		:: else                                \
		fi;                                    \
		sb_v++                                 \
	:: else -> break                               \
	od;                                            \
	sb_v = 0

#define FENCE(p)          \
	d_step {          \
		OUT_OF(p) \
	}

#define STORE_RELEASE(p, v, x)      \
	d_step {                    \
		OUT_OF(p);          \
		val[AT(p, v)] = x;  \
		has[AT(p, v)] = 1   \
	}

#define MEMBARRIER()                \
	d_step {                    \
		sb_p = 0;           \
		do                  \
		:: sb_p < NP ->     \
			OUT_OF(sb_p); \
			sb_p++      \
		:: else -> break    \
		od;                 \
		sb_p = 0            \
	}

#define DRAIN(v)                               \
	atomic {                               \
		has[AT(p, v)] ->               \
			mem[v] = val[AT(p, v)];\
		has[AT(p, v)] = 0;             \
		val[AT(p, v)] = 0              \
	}

/* The memory system, for one process. */
proctype drain(byte p)
{
end:
	do
	:: DRAIN(0)
#if NV > 1
	:: DRAIN(1)
#endif
#if NV > 2
	:: DRAIN(2)
#endif
#if NV > 3
	:: DRAIN(3)
#endif
#if NV > 4
	:: DRAIN(4)
#endif
#if NV > 5
	:: DRAIN(5)
#endif
	od
}
