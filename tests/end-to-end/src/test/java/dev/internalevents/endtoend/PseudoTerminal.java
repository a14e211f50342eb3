package dev.internalevents.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jline.utils.ScreenTerminal;

/** Runs the command on a terminal of 100 columns and 30 rows: types keys and reads the screen. */
final class PseudoTerminal implements AutoCloseable {

    private static final int COLUMNS = 100;
    private static final int ROWS = 30;
    private static final Path PICTURES = Path.of("target/screens");

    private final Process process;
    private volatile ScreenTerminal screen = new ScreenTerminal(COLUMNS, ROWS);

    private PseudoTerminal(Process process) {
        this.process = process;
        Thread reader = new Thread(this::read, "screen");
        reader.setDaemon(true);
        reader.start();
    }

    static PseudoTerminal start(Path folder, String arguments) throws IOException {
        Path jar = Path.of("../../cli/target/internal-events-cli.jar")
                .toAbsolutePath()
                .normalize();
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        // script (util-linux) runs a process on a pseudo-terminal
        ProcessBuilder builder = new ProcessBuilder(
                        "script",
                        "-qefc",
                        "stty cols " + COLUMNS + " rows " + ROWS + "; exec " + java + " -jar " + jar + " " + arguments,
                        "/dev/null")
                .directory(folder.toFile())
                .redirectErrorStream(true);
        builder.environment().put("TERM", "xterm-256color");
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("AIGW_") || name.startsWith("INTERNAL_EVENTS_"));
        return new PseudoTerminal(builder.start());
    }

    private void read() {
        try (Reader in = new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)) {
            char[] some = new char[4096];
            for (int length = in.read(some); length >= 0; length = in.read(some)) {
                screen.write(new String(some, 0, length));
            }
        } catch (IOException e) {
            // The process is gone.
        }
    }

    /** Returns the screen as text, without trailing spaces. */
    String text() {
        return screen.toString().lines().map(String::stripTrailing).reduce("", (all, line) -> all + line + "\n");
    }

    /** Waits until the screen shows a text. */
    PseudoTerminal shows(String text) {
        String wanted = text.stripTrailing();
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(text()).contains(wanted));
        return this;
    }

    /** Answers prompts, one a line: what the screen shows, a bar, and what is entered then. */
    PseudoTerminal answers(String promptsAndAnswers) {
        promptsAndAnswers.lines().forEach(line -> {
            String[] promptAndAnswer = line.split(" *\\| ?", 2);
            shows(promptAndAnswer[0]).enter(promptAndAnswer[1]);
        });
        return this;
    }

    /** Changes the window's size and clears the screen. */
    PseudoTerminal resize(int columns, int rows) throws IOException, InterruptedException {
        long java = process.descendants()
                .filter(one -> one.info().command().orElse("").endsWith("/java"))
                .findFirst()
                .orElseThrow()
                .pid();
        Path terminal = Files.readSymbolicLink(Path.of("/proc/" + java + "/fd/0"));
        screen = new ScreenTerminal(columns, rows);
        assertThat(new ProcessBuilder("stty", "-F", terminal.toString(), "cols", "" + columns, "rows", "" + rows)
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
        return this;
    }

    PseudoTerminal type(String keys) {
        try {
            process.getOutputStream().write(keys.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    PseudoTerminal enter(String text) {
        return type(text + "\r");
    }

    /** Saves the screen in target/screens. */
    PseudoTerminal picture(String name) {
        try {
            Files.createDirectories(PICTURES);
            Files.writeString(PICTURES.resolve(name + ".txt"), text());
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int exitCode() throws InterruptedException {
        return process.waitFor();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
