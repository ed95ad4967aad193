package org.morphogen.bench.measure;

import java.util.Locale;

/**
 * A report's figures as horizontal bars with their values; a stroke across a bar is the goal. Figures of one unit share a
 * scale. Readable on light and dark ground.
 */
final class BarPlot {
    private static final int WIDTH = 760;
    private static final int LABEL_WIDTH = 260;
    private static final int VALUE_WIDTH = 170;
    private static final int ROW = 22;
    private static final int TOP = 48;

    private final Report report;

    BarPlot(Report report) {
        this.report = report;
    }

    String svg() {
        int height = TOP + ROW * report.results().size() + 12;
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" "
                        + "font-size=\"13\" fill=\"#777\">%n",
                WIDTH,
                height));
        text(svg, 0, 16, "start", escaped(report.command()));
        text(svg, 0, 34, "start", "ratios are to " + escaped(report.baseline()) + "; stroke: goal");
        int y = TOP;
        for (Result result : report.results()) {
            bar(svg, result, y);
            y += ROW;
        }
        return svg.append("</svg>\n").toString();
    }

    private void bar(StringBuilder svg, Result result, int y) {
        double scale = (WIDTH - LABEL_WIDTH - VALUE_WIDTH) / most(result.unit());
        double length = scale * result.figure().median();
        text(svg, LABEL_WIDTH - 8, y + 14, "end", escaped(result.name()));
        svg.append(String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"#3b82c4\"/>%n",
                LABEL_WIDTH,
                y + 2,
                length,
                ROW - 6));
        double goalLength = result.goal().map(goal -> scale * goal.value()).orElse(0.0);
        result.goal()
                .ifPresent(goal -> svg.append(String.format(
                        Locale.ROOT,
                        "<path d=\"M%.1f %d v%d\" stroke=\"#d9822b\" stroke-width=\"3\"/>%n",
                        LABEL_WIDTH + goalLength,
                        y,
                        ROW - 2)));
        String value = String.format(
                Locale.ROOT, "%.2f%s", result.figure().median(), result.unit().suffix());
        String goal = result.goal().map(wanted -> " (" + wanted.text() + ")").orElse("");
        text(svg, LABEL_WIDTH + (int) Math.max(length, goalLength) + 6, y + 14, "start", value + goal);
    }

    /** The longest bar or goal among the figures of that unit. */
    private double most(Unit unit) {
        return report.results().stream()
                .filter(result -> result.unit() == unit)
                .mapToDouble(result -> Math.max(
                        result.figure().median(), result.goal().map(Goal::value).orElse(0.0)))
                .max()
                .orElse(1);
    }

    private static void text(StringBuilder svg, int x, int y, String anchor, String text) {
        svg.append(String.format(
                Locale.ROOT, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>%n", x, y, anchor, text));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
