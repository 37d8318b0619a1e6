/* SPDX-License-Identifier: BSD-3-Clause */
/* Hash tables that grow. */
#include "stack_fixture.h"

#include "netlink/node.h"

#define N 5000u

struct item {
	struct fwi_nl_node node;
	uint32_t number;
};

static struct item items[N];

static struct item *
find(const struct fwi_nl_nodes *t, uint32_t number)
{
	struct fwi_nl_node *n;

	for (n = fwi_nl_first(t, number / 3); n != NULL; n = fwi_nl_next(n))
		if (container_of(n, struct item, node)->number == number)
			return container_of(n, struct item, node);
	return NULL;
}

static void
take_odd(void *ctx, struct fwi_nl_node *node)
{
	if (container_of(node, struct item, node)->number % 2 != 0)
		fwi_nl_remove(ctx, node);
}

static void
count(void *ctx, struct fwi_nl_node *node)
{
	(void)node;
	++*(uint32_t *)ctx;
}

/* Three items have each hash. */
static void
many(void **state)
{
	struct fwi_nl_nodes t = {0};
	uint32_t i, n = 0;

	(void)state;
	assert_null(find(&t, 0));
	fwi_nl_each(&t, count, &n);
	assert_int_equal(n, 0);
	for (i = 0; i < N; i++) {
		items[i].number = i;
		assert_int_equal(fwi_nl_insert(&t, &items[i].node, i / 3), 0);
	}
	for (i = 0; i < N; i++)
		assert_ptr_equal(find(&t, i), &items[i]);
	assert_null(find(&t, N + 3));
	fwi_nl_each(&t, take_odd, &t);
	for (i = 0; i < N; i++)
		assert_ptr_equal(find(&t, i), i % 2 != 0 ? NULL : &items[i]);
	fwi_nl_each(&t, count, &n);
	assert_int_equal(n, N / 2);
	assert_int_equal(t.n, N / 2);
	fwi_nl_nodes_free(&t);
	assert_int_equal(t.size, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(many)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
