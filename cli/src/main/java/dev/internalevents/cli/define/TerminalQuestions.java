package dev.internalevents.cli.define;

import java.util.List;
import java.util.Optional;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStyle;

/** Asks on the terminal. */
final class TerminalQuestions implements Questions {

    private static final AttributedStyle WRONG = AttributedStyle.DEFAULT.foreground(AttributedStyle.RED);

    private final Terminal terminal;
    private final LineReader lines;

    TerminalQuestions(Terminal terminal) {
        this.terminal = terminal;
        // Take ! and backslashes in descriptions literally.
        this.lines = LineReaderBuilder.builder()
                .terminal(terminal)
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .variable(LineReader.DISABLE_HISTORY, true)
                .build();
    }

    @Override
    public String text(String option, String question, Check check) {
        while (true) {
            String answer = read(question + ": ");
            Optional<String> wrong = check.apply(answer);
            if (wrong.isEmpty()) {
                return answer;
            }
            new AttributedString("  " + wrong.get(), WRONG).println(terminal);
            terminal.flush();
        }
    }

    private String read(String prompt) {
        try {
            return lines.readLine(prompt).strip();
        } catch (UserInterruptException | EndOfFileException e) {
            throw new CancelledException();
        }
    }

    @Override
    public <T> T choose(String option, String question, List<Choice<T>> choices) {
        Choice<T> chosen = new FilterList<>(terminal, question, choices).choose();
        say(question + ": " + chosen.label());
        return chosen.value();
    }

    @Override
    public boolean canAsk() {
        return true;
    }

    @Override
    public void say(String text) {
        terminal.writer().println(text);
        terminal.flush();
    }
}
