package dev.internalevents.cli;

import java.io.PrintWriter;
import java.util.List;

/** Prints rows in aligned columns; numeric columns are right-aligned. */
final class TextTable {

    private TextTable() {}

    static void print(PrintWriter out, List<List<String>> rows) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        boolean[] numbers = new boolean[columns];
        for (int column = 0; column < columns; column++) {
            int at = column;
            widths[column] =
                    rows.stream().mapToInt(row -> row.get(at).length()).max().orElse(0);
            numbers[column] = rows.stream().skip(1).allMatch(row -> row.get(at).matches("-?[0-9.]+"));
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < columns; column++) {
                String cell = row.get(column);
                String space = " ".repeat(widths[column] - cell.length());
                line.append(column == 0 ? "" : "  ").append(numbers[column] ? space + cell : cell + space);
            }
            out.println(line.toString().stripTrailing());
        }
    }
}
