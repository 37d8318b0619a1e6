/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "classify/acl_box.h"

static const struct fwi_dim ip_dims[FWI_DIMS] = {
	{FWI_F_PROTOCOL, FWI_SHAPE_EXACT},
	{FWI_F_LOCAL, FWI_SHAPE_PREFIX},
	{FWI_F_REMOTE, FWI_SHAPE_PREFIX},
	{FWI_F_LOCAL_PORT, FWI_SHAPE_RANGE},
	{FWI_F_REMOTE_PORT, FWI_SHAPE_RANGE},
	{FWI_F_IF, FWI_SHAPE_PREFIX},
	{FWI_F_OUT_IF, FWI_SHAPE_PREFIX},
};

static const struct fwi_dim mac_dims[FWI_DIMS] = {
	{FWI_F_ETHER_TYPE, FWI_SHAPE_RANGE},
	{FWI_F_VLAN, FWI_SHAPE_RANGE},
	{FWI_F_LOCAL_MAC, FWI_SHAPE_EXACT},
	{FWI_F_REMOTE_MAC, FWI_SHAPE_EXACT},
	{FWI_F_IF, FWI_SHAPE_PREFIX},
};

const struct fwi_dim *
fwi_dims(const struct fwi_layer_kind *kind)
{
	return kind->version == 0 ? mac_dims : ip_dims;
}

static int
append(struct fwi_intervals *all, fwi_wide lo, fwi_wide hi)
{
	uint32_t room = all->room != 0 ? 2 * all->room : 64;
	struct fwi_interval *v;

	if (all->n == all->room) {
		v = aligned_alloc(sizeof(*v), room * sizeof(*v));
		if (v == NULL)
			return -ENOMEM;
		if (all->n != 0)
			memcpy(v, all->v, all->n * sizeof(*v));
		free(all->v);
		all->v = v;
		all->room = room;
	}
	all->v[all->n].lo = lo;
	all->v[all->n++].hi = hi;
	return 0;
}

/* Cut into the fewest prefixes. */
static int
append_prefixes(struct fwi_intervals *all, fwi_wide lo, fwi_wide hi)
{
	fwi_wide free_bits;
	int rc;

	for (;;) {
		free_bits = lo == 0 ? ~(fwi_wide)0 : (lo & -lo) - 1;
		while (free_bits > hi - lo)
			free_bits >>= 1;
		rc = append(all, lo, lo + free_bits);
		if (rc != 0 || lo + free_bits == hi)
			return rc;
		lo += free_bits + 1;
	}
}

static int
append_interval(
	struct fwi_intervals *all, const struct fwi_dim *d, fwi_wide lo, fwi_wide hi, bool *fits)
{
	if (d->shape == FWI_SHAPE_PREFIX)
		return append_prefixes(all, lo, hi);
	if (d->shape == FWI_SHAPE_EXACT && lo != hi)
		*fits = false;
	return append(all, lo, hi);
}

static int
append_test(const struct fwi_filter *f, const struct fwi_dim *d, const struct fwi_test *t,
	struct fwi_intervals *all, bool *fits)
{
	fwi_wide max = fwi_field_max(f->layer, d->field);
	int rc = 0;

	if (t->kind != FWI_T_RANGE || t->lo > max || t->hi > max) {
		*fits = false;
		return 0;
	}
	if (!t->negate)
		return append_interval(all, d, t->lo, t->hi, fits);
	if (t->lo != 0)
		rc = append_interval(all, d, 0, t->lo - 1, fits);
	if (rc == 0 && t->hi != max)
		rc = append_interval(all, d, t->hi + 1, max, fits);
	return rc;
}

/* All tests of one field. What does not fit leaves the dimension open. */
static int
make_dim(const struct fwi_filter *f, unsigned dim, struct fwi_box *b, struct fwi_intervals *all)
{
	const struct fwi_dim *d = &fwi_dims(f->layer)[dim];
	uint32_t first = all->n;
	bool fits = true;
	unsigned i;
	int rc;

	for (i = 0; i < f->n_tests && fits; i++) {
		if (f->tests[i].field != d->field)
			continue;
		rc = append_test(f, d, &f->tests[i], all, &fits);
		if (rc != 0)
			return rc;
	}
	fits = fits && all->n - first <= FWI_BOX_ACL_MAX;
	if (!fits) {
		all->n = first;
		b->exact = false;
	}
	b->first[dim] = first;
	b->n[dim] = (uint8_t)(all->n - first);
	return 0;
}

unsigned
fwi_box_rules(const struct fwi_box *b)
{
	unsigned i, n = 1;

	for (i = 0; i < FWI_DIMS; i++)
		n *= b->n[i] != 0 && n <= FWI_BOX_ACL_MAX ? b->n[i] : 1;
	return n;
}

static bool
has_dim(const struct fwi_dim *d, uint8_t field)
{
	unsigned i;

	for (i = 0; i < FWI_DIMS; i++)
		if (d[i].field == field)
			return true;
	return false;
}

int
fwi_box_make(const struct fwi_filter *f, struct fwi_box *b, struct fwi_intervals *all)
{
	const struct fwi_dim *d = fwi_dims(f->layer);
	unsigned i, most;
	int rc;

	b->exact = true;
	for (i = 0; i < f->n_tests; i++)
		if (!has_dim(d, f->tests[i].field))
			b->exact = false;
	for (i = 0; i < FWI_DIMS; i++) {
		b->n[i] = 0;
		rc = d[i].field != FWI_F_NONE ? make_dim(f, i, b, all) : 0;
		if (rc != 0)
			return rc;
	}
	while (fwi_box_rules(b) > FWI_BOX_ACL_MAX) {
		for (i = 1, most = 0; i < FWI_DIMS; i++)
			if (b->n[i] > b->n[most])
				most = i;
		b->n[most] = 0;
		b->exact = false;
	}
	return 0;
}

bool
fwi_box_overlap(const struct fwi_box *a, const struct fwi_box *b, const struct fwi_intervals *all)
{
	const struct fwi_interval *x, *y;
	unsigned i, k, m;
	bool meet;

	for (i = 0; i < FWI_DIMS; i++) {
		meet = a->n[i] == 0 || b->n[i] == 0;
		for (k = 0; k < a->n[i] && !meet; k++) {
			x = &all->v[a->first[i] + k];
			for (m = 0; m < b->n[i] && !meet; m++) {
				y = &all->v[b->first[i] + m];
				meet = x->lo <= y->hi && y->lo <= x->hi;
			}
		}
		if (!meet)
			return false;
	}
	return true;
}
