/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>

#include <rte_common.h>

#include "svg.h"

#define WIDTH  900.0
#define LEFT   170.0
#define RIGHT  90.0
#define TOP    50.0
#define BOTTOM 40.0
#define BAR    14.0
#define GAP    8.0
#define HEIGHT 420.0 /* of line plots */

static const char *const colours[] = {"#3b6ea5", "#d98032", "#5a9a5a", "#a05195"};

void
svg_text(FILE *file, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '<')
			fputs("&lt;", file);
		else if (*text == '>')
			fputs("&gt;", file);
		else if (*text == '&')
			fputs("&amp;", file);
		else
			fputc(*text, file);
	}
}

static void
label(FILE *file, double x, double y, const char *anchor, const char *text)
{
	fprintf(file, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor);
	svg_text(file, text);
	fputs("</text>\n", file);
}

static void
line(FILE *file, double x1, double y1, double x2, double y2, const char *colour)
{
	fprintf(file, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>\n", x1,
		y1, x2, y2, colour);
}

static void
open_svg(FILE *file, double height, const char *title)
{
	fprintf(file,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\""
		" font-family=\"sans-serif\" font-size=\"12\">\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
		WIDTH, height);
	fputs("<g font-size=\"15\">", file);
	label(file, 10, 20, "start", title);
	fputs("</g>\n", file);
}

static void
legend(FILE *file, unsigned i, const char *name)
{
	double x = LEFT + 180.0 * i;

	fprintf(file, "<rect x=\"%.1f\" y=\"29\" width=\"10\" height=\"10\" fill=\"%s\"/>\n", x,
		colours[i % RTE_DIM(colours)]);
	label(file, x + 15, 38, "start", name);
}

/* 1, 2 or 5 times a power of ten: about five steps up to max. */
static double
step_of(double max)
{
	double power = pow(10, floor(log10(max / 5)));

	if (max / power <= 10)
		return 2 * power;
	return max / power <= 25 ? 5 * power : 10 * power;
}

static double
bars_max(const struct svg_bars *plot)
{
	double max = plot->mark;

	for (unsigned i = 0; i < plot->nb_rows * plot->nb_series; i++)
		max = fmax(max, plot->values[i]);
	if (plot->least > 0)
		return pow(10, ceil(log10(fmax(max, 10 * plot->least))));
	return max > 0 ? max : 1;
}

/* How far to the right of the labels. */
static double
place_bar(const struct svg_bars *plot, double max, double v)
{
	double part = plot->least > 0
			      ? log10(fmax(v, plot->least) / plot->least) / log10(max / plot->least)
			      : v / max;

	return part * (WIDTH - LEFT - RIGHT);
}

static void
bars_line(FILE *file, double x, double height, double v)
{
	char text[32];

	line(file, LEFT + x, TOP, LEFT + x, height - BOTTOM, "#dddddd");
	snprintf(text, sizeof(text), "%g", v);
	label(file, LEFT + x, height - BOTTOM + 15, "middle", text);
}

static void
bars_grid(FILE *file, const struct svg_bars *plot, double max, double height)
{
	double step = step_of(max), v;

	for (int i = 0; plot->least > 0; i++) {
		v = plot->least * pow(10, i);
		if (v > max * 1.01)
			return;
		bars_line(file, place_bar(plot, max, v), height, v);
	}
	for (int i = 0; i * step <= max; i++)
		bars_line(file, place_bar(plot, max, i * step), height, i * step);
}

static void
bar(FILE *file, double y, double width, double value, unsigned series)
{
	char text[32];

	fprintf(file, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>\n",
		LEFT, y, width, BAR, colours[series % RTE_DIM(colours)]);
	snprintf(text, sizeof(text), value < 10 ? "%.2f" : "%.1f", value);
	label(file, LEFT + width + 4, y + BAR - 3, "start", text);
}

void
svg_bars(FILE *file, const struct svg_bars *plot)
{
	double max = bars_max(plot), row = BAR * plot->nb_series + GAP;
	double height = TOP + row * plot->nb_rows + BOTTOM;
	double mark = LEFT + place_bar(plot, max, plot->mark);

	open_svg(file, height, plot->title);
	bars_grid(file, plot, max, height);
	label(file, WIDTH - 10, height - 8, "end", plot->unit);
	for (unsigned s = 0; plot->nb_series > 1 && s < plot->nb_series; s++)
		legend(file, s, plot->series[s]);
	for (unsigned r = 0; r < plot->nb_rows; r++) {
		double y = TOP + row * r + GAP / 2;

		label(file, LEFT - 6, y + BAR * plot->nb_series / 2 + 4, "end", plot->rows[r]);
		for (unsigned s = 0; s < plot->nb_series; s++) {
			double value = plot->values[r * plot->nb_series + s];

			if (value >= 0)
				bar(file, y + BAR * s, place_bar(plot, max, value), value, s);
		}
	}
	if (plot->mark > 0) {
		line(file, mark, TOP - 4, mark, height - BOTTOM, "#aa0000");
		label(file, mark, TOP - 6, "middle", plot->mark_name);
	}
	fputs("</svg>\n", file);
}

struct area {
	double x_low, x_high, y_high; /* x: powers of ten */
};

static double
place_x(const struct area *a, double x)
{
	return LEFT + (log10(x) - a->x_low) / (a->x_high - a->x_low) * (WIDTH - LEFT - RIGHT);
}

static double
place_y(const struct area *a, double y)
{
	return HEIGHT - BOTTOM - y / a->y_high * (HEIGHT - TOP - BOTTOM);
}

static struct area
area_of(const struct svg_line *lines, unsigned n)
{
	struct area a = {.x_low = 1e9, .x_high = -1e9, .y_high = 1};

	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k < lines[i].n; k++) {
			a.x_low = fmin(a.x_low, floor(log10(lines[i].x[k])));
			a.x_high = fmax(a.x_high, ceil(log10(lines[i].x[k])));
			a.y_high = fmax(a.y_high, lines[i].y[k] * 1.1);
		}
	if (a.x_low >= a.x_high)
		a.x_high = a.x_low + 1;
	return a;
}

static void
grid(FILE *file, const struct area *a)
{
	double step = step_of(a->y_high);
	char text[32];

	for (int i = 0; a->x_low + i <= a->x_high; i++) {
		double p = a->x_low + i;
		double x = place_x(a, pow(10, p));

		line(file, x, TOP, x, HEIGHT - BOTTOM, "#dddddd");
		snprintf(text, sizeof(text), "%.0f", pow(10, p));
		label(file, x, HEIGHT - BOTTOM + 15, "middle", text);
	}
	for (int i = 0; i * step <= a->y_high; i++) {
		double v = i * step;

		line(file, LEFT, place_y(a, v), WIDTH - RIGHT, place_y(a, v), "#dddddd");
		snprintf(text, sizeof(text), "%g", v);
		label(file, LEFT - 6, place_y(a, v) + 4, "end", text);
	}
}

void
svg_lines(FILE *file, const char *title, const char *x_name, const char *y_name,
	const struct svg_line *lines, unsigned n)
{
	struct area a = area_of(lines, n);

	open_svg(file, HEIGHT, title);
	grid(file, &a);
	label(file, WIDTH - 10, HEIGHT - 8, "end", x_name);
	label(file, 10, TOP, "start", y_name);
	for (unsigned i = 0; i < n; i++) {
		const char *colour = colours[i % RTE_DIM(colours)];

		legend(file, i, lines[i].name);
		for (unsigned k = 0; k < lines[i].n; k++) {
			double x = place_x(&a, lines[i].x[k]), y = place_y(&a, lines[i].y[k]);

			fprintf(file, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>\n", x,
				y, colour);
			if (k > 0)
				line(file, place_x(&a, lines[i].x[k - 1]),
					place_y(&a, lines[i].y[k - 1]), x, y, colour);
		}
	}
	fputs("</svg>\n", file);
}
