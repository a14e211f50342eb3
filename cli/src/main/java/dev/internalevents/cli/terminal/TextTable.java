package dev.internalevents.cli.terminal;

import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Prints rows in aligned columns; the first row is the head. */
public final class TextTable {

    private static final String GAP = "  ";

    private final List<List<String>> rows;
    private final int[] widths;

    /** @param rows at least the head; all have as many cells as the head */
    public TextTable(List<List<String>> rows) {
        this.rows = rows;
        this.widths = IntStream.range(0, rows.get(0).size())
                .map(column -> rows.stream()
                        .mapToInt(row -> row.get(column).length())
                        .max()
                        .orElse(0))
                .toArray();
    }

    /** Prints the rows; columns of numbers are right-aligned. */
    public void print(PrintWriter out) {
        boolean[] numbers = new boolean[widths.length];
        for (int column = 0; column < numbers.length; column++) {
            int at = column;
            numbers[column] = rows.stream().skip(1).allMatch(row -> row.get(at).matches("-?[0-9.]+"));
        }
        rows.forEach(row -> out.println(line(row, numbers)));
    }

    /** Prints the rows, all columns left-aligned, with a rule below the head. */
    public void printRuled(PrintWriter out) {
        boolean[] left = new boolean[widths.length];
        out.println(line(rows.get(0), left));
        out.println(IntStream.of(widths).mapToObj("-"::repeat).collect(Collectors.joining(GAP)).stripTrailing());
        rows.stream().skip(1).forEach(row -> out.println(line(row, left)));
    }

    private String line(List<String> row, boolean[] right) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String cell = row.get(column);
            String space = " ".repeat(widths[column] - cell.length());
            line.append(column == 0 ? "" : GAP).append(right[column] ? space + cell : cell + space);
        }
        return line.toString().stripTrailing();
    }
}
