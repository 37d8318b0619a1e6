/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands for rules by source, and the tables they lead to. */
#include <string.h>

#include "app.h"
#include "commands.h"
#include "options.h"

int
run_table_add(struct app *app, int argc, char **argv, char *err)
{
	uint64_t id;

	RTE_SET_USED(app);
	if (argc != 1)
		return command_fail(err, "table add: give a number");
	if (optional_number("table add", argv[0], 2, UINT32_MAX, &id, err) != 0)
		return -1;
	return command_answer(fwpdk_table_add((uint32_t)id), "table add", err);
}

static int
prefix_words(const char *text, struct fwpdk_addr *addr, uint8_t *len, char *err)
{
	struct fwpdk_route prefix = {.size = sizeof(prefix)};

	if (text == NULL)
		return 0;
	if (prefix_arg(text, &prefix, err) != 0)
		return -1;
	*addr = prefix.prefix;
	*len = prefix.prefix_len;
	return 0;
}

static int
rule_parse(int argc, char **argv, struct fwpdk_rule *rule, char *err)
{
	struct keyed keys[] = {{"from", NULL}, {"lookup", NULL}, {"to", NULL}, {"priority", NULL},
		{"compartment", NULL}, {NULL, NULL}};
	uint64_t table, priority, compartment;

	*rule = (struct fwpdk_rule){.size = sizeof(*rule)};
	if (keyed_parse(argc, argv, keys, err) != 0)
		return -1;
	if (keys[0].value == NULL || keys[1].value == NULL)
		return command_fail(err, "rule: give from PREFIX/LEN lookup TABLE");
	rule->reject = strcmp(keys[1].value, "unreachable") == 0;
	if (prefix_words(keys[0].value, &rule->from, &rule->from_len, err) != 0 ||
		prefix_words(keys[2].value, &rule->to, &rule->to_len, err) != 0 ||
		optional_number("lookup", rule->reject ? NULL : keys[1].value, 1, UINT32_MAX,
			&table, err) != 0 ||
		optional_number("priority", keys[3].value, 0, UINT32_MAX, &priority, err) != 0 ||
		optional_number("compartment", keys[4].value, 1, UINT32_MAX, &compartment, err) !=
			0)
		return -1;
	rule->table_id = (uint32_t)table;
	rule->priority = (uint32_t)priority;
	rule->compartment_id = (uint32_t)compartment;
	return 0;
}

int
run_rule_add(struct app *app, int argc, char **argv, char *err)
{
	struct fwpdk_rule rule;

	RTE_SET_USED(app);
	if (rule_parse(argc, argv, &rule, err) != 0)
		return -1;
	return command_answer(fwpdk_rule_add(&rule), "rule add", err);
}

int
run_rule_del(struct app *app, int argc, char **argv, char *err)
{
	struct fwpdk_rule rule;

	RTE_SET_USED(app);
	if (rule_parse(argc, argv, &rule, err) != 0)
		return -1;
	return command_answer(fwpdk_rule_del(&rule), "rule del", err);
}

static int
rule_print(const struct fwpdk_rule *rule, void *arg)
{
	FILE *out = arg;
	char text[46];

	fprintf(out, "  %u from %s/%u", rule->priority,
		fwpdk_addr_format(&rule->from, text, sizeof(text)), rule->from_len);
	if (rule->to_len != 0)
		fprintf(out, " to %s/%u", fwpdk_addr_format(&rule->to, text, sizeof(text)),
			rule->to_len);
	if (rule->reject)
		fprintf(out, " unreachable");
	else
		fprintf(out, " lookup %u", rule->table_id);
	fprintf(out, " compartment %u%s\n", rule->compartment_id,
		rule->mirrored ? " mirrored" : "");
	return 0;
}

int
run_rule_show(struct app *app, int argc, char **argv, char *err)
{
	RTE_SET_USED(argc);
	RTE_SET_USED(argv);
	RTE_SET_USED(err);
	for (unsigned i = 0; i < app->nb_compartments; i++)
		fwpdk_rule_walk(app->compartments[i], rule_print, app->out);
	return 0;
}
