package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import dev.internalevents.definitions.read.DefinitionFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events are personal data: only the owner may access anything below the collector's folder. */
@Tag("slow")
class OwnerOnlyFilesTest {

    @TempDir
    Path folder;

    @Test
    void every_file_and_folder_is_the_owners_alone_whatever_the_umask_and_the_folders_mode() throws Exception {
        assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
        Path data = Files.createDirectory(folder.resolve("data"));
        mode(data, "rwxrwxrwx");

        List<String> found = run(data);

        assertThat(found)
                .contains("events.duckdb", "events.duckdb.wal", "spool", "temporary", "spool/id", "spool/lock");
        assertThat(found).contains("counters", "service-ping-sent");
    }

    @Test
    void what_is_there_already_is_restricted_at_the_start() throws Exception {
        assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
        Path data = folder.resolve("data");
        run(data);
        try (Stream<Path> all = Files.walk(data)) {
            for (Path path : all.toList()) {
                mode(path, Files.isDirectory(path) ? "rwxrwxrwx" : "rw-rw-rw-");
            }
        }

        run(data);
    }

    /** Returns the violations found while the collector runs and after it has ended. */
    private List<String> run(Path data) throws Exception {
        ProcessBuilder child = new ProcessBuilder(
                "sh",
                "-c",
                "umask 000; exec \"$0\" -cp \"$1\" \"$2\" \"$3\" \"$4\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                System.getProperty("java.class.path"),
                Main.class.getName(),
                data.toString(),
                AskedDefinitions.write(folder.resolve("definitions")).toString());
        child.redirectError(ProcessBuilder.Redirect.INHERIT);
        Process process = child.start();
        // Kill a hanging child, so that the test fails.
        CompletableFuture.delayedExecutor(2, TimeUnit.MINUTES).execute(process::destroyForcibly);
        List<String> found = new ArrayList<>();
        try (BufferedReader out =
                        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
                OutputStream in = process.getOutputStream()) {
            String line = out.readLine();
            while (line != null && !line.equals("processed")) {
                line = out.readLine();
            }
            assertThat(line).isEqualTo("processed");
            found.addAll(assertRestricted(data));
            in.write('\n');
            in.flush();
            assertThat(process.waitFor()).isZero();
        } finally {
            process.destroyForcibly();
        }
        found.addAll(assertRestricted(data));
        return found;
    }

    private static List<String> assertRestricted(Path data) throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> all = Files.walk(data)) {
            for (Path path : all.toList()) {
                if (Files.exists(path)) {
                    found.add(data.relativize(path).toString());
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                            .as("%s", path)
                            .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------");
                }
            }
        }
        return found;
    }

    private static void mode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    /** Runs a collector until a line is written to its input. */
    static final class Main {

        private Main() {}

        public static void main(String[] arguments) throws Exception {
            Path data = Path.of(arguments[0]);
            HttpServer pings = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
            pings.createContext("/", exchange -> {
                exchange.sendResponseHeaders(200, -1);
                exchange.close();
            });
            pings.start();
            Collector collector = Collector.start(CollectorSettings.collector(data)
                    .port(0)
                    .readYourWrites(true)
                    .dictionary(DefinitionFiles.load(Path.of(arguments[1])))
                    .servicePingUrl(
                            URI.create("http://127.0.0.1:" + pings.getAddress().getPort() + "/"))
                    .build());
            HttpClient http = HttpClient.newHttpClient();
            for (int i = 0; i < 3; i++) {
                ask(http, collector.url() + "/i?e=se&se_ac=asked&tv=t&p=srv");
                ask(http, collector.url() + "/micro/all");
            }
            while (!Files.exists(data.resolve("service-ping-sent"))) {
                Thread.onSpinWait();
            }
            System.out.println("processed");
            System.in.read();
            collector.close();
            pings.stop(0);
        }

        private static void ask(HttpClient http, String url) throws Exception {
            http.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.discarding());
        }
    }
}
