/* SPDX-License-Identifier: BSD-3-Clause */
/* A page with plots: index.html, results.json and SVG files in one directory. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "session.h"
#include "svg.h"

static const char *const report_ports[] = {"net_null0", "nicmodel"};

static FILE *
file_open(const struct session *session, const char *name)
{
	char path[1024];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", session->env.args.report, name);
	file = fopen(path, "w");
	if (file == NULL)
		bench_error("%s: %s", path, strerror(errno));
	return file;
}

static int
file_close(FILE *file)
{
	int bad = ferror(file);

	return fclose(file) == 0 && !bad ? 0 : bench_error("cannot write the report");
}

/* Results with cycles, or with times, of a port or of all (NULL). Returns how many. */
static unsigned
pick(const struct session *session, const char *port, bool time, const struct result **list)
{
	unsigned n = 0;

	for (unsigned i = 0; i < session->n; i++) {
		const struct result *r = &session->results[i];

		if (r->left_out[0] == '\0' && ((r->c->flags & CASE_TIME) != 0) == time &&
			(port == NULL || strcmp(r->port, port) == 0))
			list[n++] = r;
	}
	return n;
}

#define ROWS_MAX 128u

static bool
measured(const struct session *session, const char *port)
{
	const struct result *list[ROWS_MAX];

	return pick(session, port, false, list) != 0;
}

/* Without counters they are none. */
static const char *
cycles_name(const struct session *session)
{
	return session->machine.counters ? "cycles per packet" : "TSC ticks per packet";
}

static int
plot_cycles(const struct session *session, const char *port, const char *name)
{
	const struct result *list[ROWS_MAX];
	const struct result *raw = session_find(session, "raw_tx_burst", port);
	const char *rows[ROWS_MAX];
	double values[ROWS_MAX];
	char title[64];
	struct svg_bars plot = {.title = title,
		.unit = cycles_name(session),
		.nb_series = 1,
		.rows = rows,
		.values = values,
		.mark_name = "raw"};
	FILE *file = file_open(session, name);

	if (file == NULL)
		return -1;
	plot.nb_rows = pick(session, port, false, list);
	for (unsigned i = 0; i < plot.nb_rows; i++) {
		rows[i] = list[i]->c->name;
		values[i] = list[i]->median.cycles;
	}
	if (raw != NULL)
		plot.mark = raw->median.cycles;
	snprintf(title, sizeof(title), "Cost of a packet on %s", port);
	svg_bars(file, &plot);
	return file_close(file);
}

static int
plot_times(const struct session *session)
{
	static const char *const series[] = {"p50", "p99", "p99.9"};
	const struct result *list[ROWS_MAX];
	static char labels[ROWS_MAX][48];
	const char *rows[ROWS_MAX];
	double values[ROWS_MAX * RTE_DIM(series)];
	struct svg_bars plot = {.title = "From the call to the completion function",
		.unit = "microseconds",
		.least = 0.01,
		.series = series,
		.nb_series = RTE_DIM(series),
		.rows = rows,
		.values = values};
	FILE *file = file_open(session, "latency.svg");

	if (file == NULL)
		return -1;
	plot.nb_rows = pick(session, NULL, true, list);
	for (unsigned i = 0; i < plot.nb_rows; i++) {
		snprintf(labels[i], sizeof(labels[i]), "%s %s", list[i]->c->name, list[i]->port);
		rows[i] = labels[i];
		values[i * RTE_DIM(series)] = list[i]->median.p50;
		values[i * RTE_DIM(series) + 1] = list[i]->median.p99;
		values[i * RTE_DIM(series) + 2] = list[i]->median.p999;
	}
	svg_bars(file, &plot);
	return file_close(file);
}

struct point {
	const char *name; /* of the case */
	double x;
};

static const struct {
	const char *name;
	struct point points[8];
} curves[] = {
	{"NBLs in order (cold)", {{"inflight256", 256}, {"inflight1k", 1024}, {"inflight4k", 4096},
					 {"inflight16k", 16384}}},
	{"destinations in turn",
		{{"dest1", 1}, {"dest256", 256}, {"dest1k", 1024}, {"dest16k", 16384}}},
	{"neighbours", {{"neigh64k", 1024}, {"neigh64k_random", 65536}}},
	{"routes (1,024 flows)", {{"dest1k", 3}, {"routes1m", 1000000}}},
};

static int
plot_scaling(const struct session *session, const char *port, const char *name)
{
	struct svg_line lines[RTE_DIM(curves)];
	FILE *file = file_open(session, name);
	char title[64];

	if (file == NULL)
		return -1;
	memset(lines, 0, sizeof(lines));
	for (unsigned i = 0; i < RTE_DIM(curves); i++) {
		struct svg_line *line = &lines[i];

		line->name = curves[i].name;
		for (const struct point *p = curves[i].points; p->name != NULL; p++) {
			const struct result *r = session_find(session, p->name, port);

			if (r == NULL)
				continue;
			line->x[line->n] = p->x;
			line->y[line->n++] = r->median.cycles;
		}
	}
	snprintf(title, sizeof(title), "Scaling on %s", port);
	svg_lines(file, title, "how many", cycles_name(session), lines, RTE_DIM(curves));
	return file_close(file);
}

static int
plots(const struct session *session)
{
	int rc = plot_times(session);
	char name[64];

	for (unsigned i = 0; i < RTE_DIM(report_ports); i++) {
		if (!measured(session, report_ports[i]))
			continue;
		snprintf(name, sizeof(name), "cycles-%s.svg", report_ports[i]);
		rc |= plot_cycles(session, report_ports[i], name);
		snprintf(name, sizeof(name), "scaling-%s.svg", report_ports[i]);
		rc |= plot_scaling(session, report_ports[i], name);
	}
	return rc;
}

static void
page_results(const struct session *session, FILE *file)
{
	char *text = NULL;
	size_t size = 0;
	FILE *memory = open_memstream(&text, &size);

	if (memory == NULL)
		return;
	text_write(session, memory);
	if (fclose(memory) == 0) {
		fputs("<h2>All figures</h2>\n<pre>", file);
		svg_text(file, text);
		fputs("</pre>\n", file);
	}
	free(text);
}

static int
page(const struct session *session)
{
	FILE *file = file_open(session, "index.html");

	if (file == NULL)
		return -1;
	fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
	      "<title>fwpdk-bench</title>\n<style>body{font-family:sans-serif;max-width:60em;"
	      "margin:2em auto;padding:0 1em}pre{background:#f4f4f4;padding:1em;overflow:auto}"
	      "img{width:100%}</style></head>\n<body><h1>fwpdk-bench</h1>\n"
	      "<p>Repeat with:</p>\n<pre>",
		file);
	svg_text(file, session->command);
	fputs("</pre>\n<p>The figures for programs: <a href=\"results.json\">results.json</a>."
	      " What each case means: app/bench/README.md.</p>\n",
		file);
	for (unsigned i = 0; i < RTE_DIM(report_ports); i++)
		if (measured(session, report_ports[i]))
			fprintf(file,
				"<h2>%s</h2>\n<img src=\"cycles-%s.svg\" alt=\"cycles per "
				"packet\">\n"
				"<img src=\"scaling-%s.svg\" alt=\"scaling\">\n",
				report_ports[i], report_ports[i], report_ports[i]);
	fputs("<h2>Times</h2>\n<img src=\"latency.svg\" alt=\"latency percentiles\">\n", file);
	page_results(session, file);
	fputs("</body></html>\n", file);
	return file_close(file);
}

int
report_write(const struct session *session)
{
	const char *dir = session->env.args.report;
	FILE *json;

	if (mkdir(dir, 0777) != 0 && errno != EEXIST)
		return bench_error("%s: %s", dir, strerror(errno));
	json = file_open(session, "results.json");
	if (json == NULL)
		return -1;
	if (json_write(session, json) != 0) {
		(void)fclose(json);
		return -1;
	}
	return file_close(json) | plots(session) | page(session);
}
