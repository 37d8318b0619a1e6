/* SPDX-License-Identifier: BSD-3-Clause */
/* Two kinds of plots as SVG, without any library. */
#ifndef BENCH_SVG_H
#define BENCH_SVG_H

#include <stdio.h>

/* Horizontal bars, in groups: as many bars per row as there are series. */
struct svg_bars {
	const char *title, *unit;
	const char *const *series; /* names, for the legend */
	unsigned nb_series, nb_rows;
	const char *const *rows; /* labels */
	const double *values;	 /* [row * nb_series + series]; negative: none */
	double least;		 /* where a logarithmic axis begins, 0 = from 0 on evenly */
	double mark;		 /* a vertical line, 0 = none */
	const char *mark_name;
};
void svg_bars(FILE *file, const struct svg_bars *plot);

#define SVG_POINTS_MAX 16u

/* Points joined by lines over a logarithmic x axis. */
struct svg_line {
	const char *name;
	unsigned n;
	double x[SVG_POINTS_MAX], y[SVG_POINTS_MAX];
};
void svg_lines(FILE *file, const char *title, const char *x_name, const char *y_name,
	const struct svg_line *lines, unsigned n);

/* Text that may stand in XML and HTML. */
void svg_text(FILE *file, const char *text);

#endif
