package dev.internalevents.cli.define;

import dev.internalevents.cli.define.Questions.Choice;
import dev.internalevents.protocol.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jline.keymap.BindingReader;
import org.jline.keymap.KeyMap;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;

/** Lets the user choose from a list on the terminal: arrows move, typing filters, Enter chooses. */
final class FilterList<T> {

    private static final int MOST_SHOWN = 10;
    private static final AttributedStyle SOFT = AttributedStyle.DEFAULT.faint();
    private static final AttributedStyle CHOSEN = AttributedStyle.BOLD;

    private enum Key {
        UP,
        DOWN,
        ENTER,
        DELETE,
        CANCEL,
        TYPED
    }

    private final Terminal terminal;
    private final String question;
    private final List<Choice<T>> choices;
    private final StringBuilder filter = new StringBuilder();
    private int selected;

    FilterList(Terminal terminal, String question, List<Choice<T>> choices) {
        this.terminal = terminal;
        this.question = question;
        this.choices = choices;
    }

    /** Blocks until the user chooses one. Throws {@link CancelledException} on Ctrl-C, Ctrl-D and the end of input. */
    Choice<T> choose() {
        Attributes before = terminal.enterRawMode();
        Display display = new Display(terminal, false);
        BindingReader keys = new BindingReader(terminal.reader());
        KeyMap<Key> map = keyMap();
        try {
            while (true) {
                List<Choice<T>> found = found();
                selected = Math.max(0, Math.min(selected, found.size() - 1));
                draw(display, found);
                Key key = keys.readBinding(map);
                if (key == null || key == Key.CANCEL) {
                    throw new CancelledException();
                } else if (key == Key.ENTER && !found.isEmpty()) {
                    return found.get(selected);
                }
                press(key, keys.getLastBinding(), found.size());
            }
        } finally {
            display.update(List.of(), 0);
            terminal.setAttributes(before);
            terminal.flush();
        }
    }

    private void press(Key key, String typed, int count) {
        switch (key) {
            case UP -> selected = count == 0 ? 0 : (selected + count - 1) % count;
            case DOWN -> selected = count == 0 ? 0 : (selected + 1) % count;
            case DELETE -> filter.setLength(Math.max(0, filter.length() - 1));
            case TYPED -> {
                filter.append(Printable.of(typed, ""));
                selected = 0;
            }
            default -> {
                // Enter with an empty list does nothing.
            }
        }
    }

    private KeyMap<Key> keyMap() {
        KeyMap<Key> map = new KeyMap<>();
        map.setUnicode(Key.TYPED);
        map.setNomatch(Key.TYPED);
        for (char c = ' '; c < 127; c++) {
            map.bind(Key.TYPED, String.valueOf(c));
        }
        map.bind(Key.ENTER, "\r", "\n");
        map.bind(Key.DELETE, "\b", "\177");
        map.bind(Key.CANCEL, KeyMap.ctrl('C'), KeyMap.ctrl('D'));
        map.bind(Key.UP, "\033[A", "\033OA", KeyMap.key(terminal, Capability.key_up), KeyMap.ctrl('P'));
        map.bind(Key.DOWN, "\033[B", "\033OB", KeyMap.key(terminal, Capability.key_down), KeyMap.ctrl('N'));
        return map;
    }

    private List<Choice<T>> found() {
        String sought = filter.toString().toLowerCase(Locale.ROOT);
        return choices.stream()
                .filter(choice -> choice.label().toLowerCase(Locale.ROOT).contains(sought))
                .toList();
    }

    private void draw(Display display, List<Choice<T>> found) {
        Size size = terminal.getSize();
        int rows = size.getRows() <= 0 ? 24 : size.getRows();
        int columns = size.getColumns() <= 0 ? 80 : size.getColumns();
        display.resize(Size.of(columns, rows));
        int shown = Math.max(1, Math.min(MOST_SHOWN, rows - 3));
        int from = Math.max(0, Math.min(selected - shown + 1, found.size() - shown));
        List<AttributedString> lines = new ArrayList<>();
        lines.add(new AttributedStringBuilder()
                .append(question + ": " + filter + " ")
                .append(filter.isEmpty() ? "(arrows, or type to filter)" : "", SOFT)
                .toAttributedString());
        for (int i = Math.max(0, from); i < Math.min(found.size(), Math.max(0, from) + shown); i++) {
            boolean isSelected = i == selected;
            lines.add(new AttributedString(
                    (isSelected ? "> " : "  ") + found.get(i).label(), isSelected ? CHOSEN : AttributedStyle.DEFAULT));
        }
        if (found.isEmpty()) {
            lines.add(new AttributedString("  nothing contains \"" + filter + "\"", SOFT));
        } else if (found.size() > shown) {
            lines.add(new AttributedString("  " + found.size() + " in total", SOFT));
        }
        lines.replaceAll(line -> line.columnLength() < columns ? line : line.columnSubSequence(0, columns - 1));
        display.update(lines, question.length() + 2 + filter.length());
    }
}
