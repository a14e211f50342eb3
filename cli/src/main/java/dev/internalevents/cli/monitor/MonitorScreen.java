package dev.internalevents.cli.monitor;

import dev.internalevents.cli.monitor.MonitoredEvent.Field;
import java.io.IOException;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;

/**
 * Shows the monitor in full screen: metrics above, events below. Redraws after each poll for the current terminal size.
 */
final class MonitorScreen {

    private static final long LOOK_MILLIS = 300;
    private static final int NARROW = 10;
    private static final AttributedStyle HEAD = AttributedStyle.BOLD;
    private static final AttributedStyle SOFT = AttributedStyle.DEFAULT.faint();
    private static final AttributedStyle CHANGED =
            AttributedStyle.DEFAULT.foreground(AttributedStyle.GREEN).inverse();

    private final Terminal terminal;
    private final Monitored monitored;
    private Size drawn = Size.of(0, 0);
    private boolean paused;
    private String trouble = "";

    MonitorScreen(Terminal terminal, Monitored monitored) {
        this.terminal = terminal;
        this.monitored = monitored;
    }

    /** Shows the screen until q is pressed. Blocks. */
    void show() throws IOException, InterruptedException {
        Attributes before = terminal.enterRawMode();
        terminal.puts(Capability.enter_ca_mode);
        terminal.puts(Capability.cursor_invisible);
        Display display = new Display(terminal, true);
        try {
            boolean going = true;
            while (going) {
                look();
                draw(display);
                going = key(terminal.reader().read(LOOK_MILLIS));
            }
        } finally {
            terminal.puts(Capability.exit_ca_mode);
            terminal.puts(Capability.cursor_visible);
            terminal.setAttributes(before);
            terminal.flush();
        }
    }

    private void look() throws InterruptedException {
        if (paused) {
            return;
        }
        try {
            monitored.poll();
            trouble = "";
        } catch (IOException e) {
            trouble = String.valueOf(e.getMessage());
        }
    }

    private boolean key(int key) {
        switch (key) {
            case 'p' -> paused = !paused;
            case 'r' -> monitored.reset();
            case 'q', 3, 4, -1 -> {
                return false;
            }
            default -> {
                // The read timed out, or the key has no meaning.
            }
        }
        return true;
    }

    private void draw(Display display) {
        Size size = terminal.getSize();
        int columns = Math.max(20, size.getColumns());
        int rows = Math.max(5, size.getRows());
        List<AttributedString> lines = new ArrayList<>();
        lines.add(title());
        lines.add(new AttributedString(trouble, CHANGED));
        monitored.undefined().forEach(line -> lines.add(new AttributedString(line, CHANGED)));
        metrics(lines, columns);
        lines.add(AttributedString.EMPTY);
        events(lines, columns);
        while (lines.size() < rows) {
            lines.add(AttributedString.EMPTY);
        }
        List<AttributedString> visible = new ArrayList<>(lines.subList(0, rows));
        visible.replaceAll(line -> line.columnLength() <= columns ? line : line.columnSubSequence(0, columns));
        Size now = Size.of(columns, rows);
        if (!now.equals(drawn)) {
            // After a resize, terminals differ in what they wrap, cut or clear, so redraw everything.
            display.clear();
            drawn = now;
        }
        display.resize(now);
        display.update(visible, -1);
    }

    private AttributedString title() {
        return new AttributedStringBuilder()
                .append("Monitoring " + String.join(", ", monitored.actions()), HEAD)
                .append(
                        "   "
                                + (paused
                                        ? "paused"
                                        : LocalTime.now(ZoneId.systemDefault())
                                                .truncatedTo(ChronoUnit.SECONDS)
                                                .toString())
                                + "   p " + (paused ? "resume" : "pause")
                                + "  r reset  q quit",
                        SOFT)
                .toAttributedString();
    }

    private void metrics(List<AttributedString> lines, int columns) {
        if (monitored.metrics().isEmpty()) {
            lines.add(new AttributedString(
                    monitored.isDefined()
                            ? "No metric counts these events."
                            : "The collector has no definitions: start it with --definitions DIR to see metrics.",
                    SOFT));
            return;
        }
        int[] widths = {columns - 66, 24, 18, 10, 10};
        lines.add(row(widths, HEAD, "METRIC", "EVENTS", "COUNTS", "INITIAL", "CURRENT"));
        for (Monitored.Metric metric : monitored.metrics()) {
            AttributedStringBuilder line = new AttributedStringBuilder()
                    .append(row(
                            new int[] {widths[0], widths[1], widths[2], widths[3]},
                            AttributedStyle.DEFAULT,
                            metric.keyPath(),
                            metric.events(),
                            metric.measure(),
                            Monitored.Metric.brief(metric.initial())));
            line.append(" ")
                    .append(
                            fit(Monitored.Metric.brief(metric.current()), widths[4]),
                            metric.isChanged() ? CHANGED : AttributedStyle.DEFAULT);
            lines.add(line.toAttributedString());
        }
    }

    /** A column of the event table. Its width is 0 if no event has a value, which leaves more space for the others. */
    private record Column(String title, int maxWidth, Field value) {

        int width(List<MonitoredEvent> events) {
            int longest = events.stream()
                    .mapToInt(event -> event.get(value).length())
                    .max()
                    .orElse(0);
            return longest == 0 ? 0 : Math.min(maxWidth, Math.max(title.length(), longest));
        }
    }

    private static final List<Column> COLUMNS = List.of(
            new Column("EVENT", 40, Field.ACTION),
            new Column("COLLECTED", 24, Field.TIME),
            new Column("CATEGORY", 24, Field.CATEGORY),
            new Column("USER_ID", 12, Field.USER),
            new Column("NAMESPACE_ID", 12, Field.NAMESPACE),
            new Column("PROJECT_ID", 12, Field.PROJECT),
            new Column("PLAN", 10, Field.PLAN),
            new Column("LABEL", 24, Field.LABEL),
            new Column("PROPERTY", 24, Field.PROPERTY),
            new Column("VALUE", 12, Field.VALUE),
            new Column("EXTRA", 200, Field.EXTRA));

    private void events(List<AttributedString> lines, int columns) {
        List<MonitoredEvent> events = monitored.events();
        if (events.isEmpty()) {
            lines.add(new AttributedString("EVENT", HEAD));
            lines.add(new AttributedString("None yet.", SOFT));
            return;
        }
        List<Column> shown =
                COLUMNS.stream().filter(column -> column.width(events) > 0).toList();
        int[] widths = shown.stream().mapToInt(column -> column.width(events)).toArray();
        narrow(widths, columns);
        lines.add(row(widths, HEAD, shown.stream().map(Column::title).toArray(String[]::new)));
        for (MonitoredEvent event : events) {
            lines.add(row(
                    widths,
                    AttributedStyle.DEFAULT,
                    shown.stream().map(column -> event.get(column.value())).toArray(String[]::new)));
        }
    }

    /** Narrows the widest columns until the row fits, but none below {@link #NARROW}. */
    private static void narrow(int[] widths, int columns) {
        int over = Arrays.stream(widths).sum() + widths.length - 1 - columns;
        while (over > 0) {
            int widest = 0;
            for (int i = 1; i < widths.length; i++) {
                if (widths[i] > widths[widest]) {
                    widest = i;
                }
            }
            if (widths[widest] <= NARROW) {
                return;
            }
            widths[widest]--;
            over--;
        }
    }

    private static AttributedString row(int[] widths, AttributedStyle style, String... cells) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < cells.length; i++) {
            text.append(i == 0 ? "" : " ").append(fit(cells[i], Math.max(4, widths[i])));
        }
        return new AttributedString(text, style);
    }

    /** Pads the text to the width, or cuts out its middle, because key paths differ at their ends. */
    private static String fit(String text, int width) {
        if (text.length() <= width) {
            return text + " ".repeat(width - text.length());
        }
        int end = (width - 1) / 2;
        return text.substring(0, width - 1 - end) + "…" + text.substring(text.length() - end);
    }
}
