package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.collector.backup.BackupReader;
import dev.internalevents.collector.backup.Restore;
import dev.internalevents.testkit.TestHttp;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A collector in a separate process that does not have the optional library for backups on its class path. */
@Tag("slow")
class BackupWithoutLibraryTest {

    private static final String WHAT_TO_ADD =
            "backups need a library that is not on the class path; add org.apache.commons:commons-compress,";

    @TempDir
    Path folder;

    /** Prints what a collector in the folder of the first argument, and a restore, say about a backup. */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (Collector collector = Collector.start(
                CollectorSettings.collector(folder.resolve("data")).port(0).build())) {
            for (String path : new String[] {TestCollector.TP2, "/micro/backup"}) {
                HttpResponse<String> answer = TestHttp.send(TestHttp.to(collector.url() + path)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(TestCollector.payload("{\"e\":\"pv\",\"p\":\"web\"}"))));
                out.println(path + " " + answer.statusCode() + " " + answer.body());
            }
        }
        Path backup = Files.writeString(folder.resolve("events.tar"), "");
        try {
            Restore.restore(backup, folder.resolve("restored"));
        } catch (IOException e) {
            out.println("restore " + e.getMessage());
        }
        try (InputStream in = Files.newInputStream(backup)) {
            BackupReader.check(in);
        } catch (IOException e) {
            out.println("check " + e.getMessage());
        }
        out.println("restored: " + Files.exists(folder.resolve("restored")));
    }

    @Test
    void says_what_to_add_and_does_everything_else() throws Exception {
        String all = System.getProperty("java.class.path");
        String classPath = Arrays.stream(all.split(File.pathSeparator))
                .filter(jar -> !Path.of(jar).getFileName().toString().matches("commons-.*\\.jar"))
                .collect(Collectors.joining(File.pathSeparator));
        assertThat(all).contains("commons-compress");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classPath,
                        BackupWithoutLibraryTest.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String printed;
        try {
            printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } finally {
            process.destroyForcibly().waitFor();
        }

        assertThat(printed.lines())
                .anyMatch(line -> line.startsWith(TestCollector.TP2 + " 200 "))
                .anyMatch(line -> line.startsWith("/micro/backup 501 ") && line.contains(WHAT_TO_ADD))
                .anyMatch(line -> line.startsWith("restore " + WHAT_TO_ADD))
                .anyMatch(line -> line.startsWith("check " + WHAT_TO_ADD))
                .contains("restored: false");
    }
}
