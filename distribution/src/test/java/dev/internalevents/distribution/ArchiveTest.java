package dev.internalevents.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.testkit.TestHttp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Unpacks the archive into a folder with blanks, and runs it read-only as another user. */
class ArchiveTest {

    private static final String EVENT =
            "{\"e\":\"se\",\"p\":\"srv\",\"tv\":\"t\",\"se_ca\":\"c\",\"se_ac\":\"installed\"}";
    private static final Path SCRIPTS = Path.of("src/main/scripts");

    private static Path folder;
    private static Installation installation;

    @BeforeAll
    static void unpack() throws Exception {
        folder = Installation.openFolder("with two blanks");
        installation = Installation.unpack(folder);
    }

    @AfterAll
    static void remove() throws Exception {
        Installation.delete(folder);
    }

    static List<Path> jvms() throws IOException {
        return Installation.jvms();
    }

    @ParameterizedTest
    @MethodSource("jvms")
    void micro_runs_and_the_first_line_is_its_own(Path jvm) throws Exception {
        try (Installation.Running micro = installation.start(folder, jvm, Map.of(), "micro", "--port", "0")) {
            assertThat(TestHttp.track(micro.url(), EVENT).statusCode()).isEqualTo(200);
            assertThat(TestHttp.get(micro.url() + "/micro/good").body()).contains("installed");
            assertThat(micro.output()).startsWith("Collector ").doesNotContain("arning");
        }
    }

    @ParameterizedTest
    @MethodSource("jvms")
    void the_collector_stores_an_event_without_a_warning_of_the_jvm(Path jvm) throws Exception {
        Path data = folder.resolve("data of " + jvm.getFileName());
        try (Installation.Running collector =
                installation.start(folder, jvm, Map.of(), "collector", "--port", "0", "--data", data.toString())) {
            assertThat(TestHttp.track(collector.url(), EVENT).statusCode()).isEqualTo(200);
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> sql(jvm, collector.url()), output -> output.contains("installed"));
            assertThat(collector.output()).startsWith("Collector ").doesNotContain("arning");
        }
    }

    private static String sql(Path jvm, String url) throws Exception {
        String query = "SELECT se_action FROM events";
        try (Installation.Running sql = installation.start(folder, jvm, Map.of(), "sql", query, "--url", url)) {
            sql.exitCode();
            return sql.output();
        }
    }

    @Test
    void the_archive_of_classes_is_created_once_in_the_users_cache() throws Exception {
        Path jvm = Installation.jvms().get(0);
        Map<String, String> cache =
                Map.of("XDG_CACHE_HOME", folder.resolve("cache").toString());
        for (boolean first : new boolean[] {true, false}) {
            try (Installation.Running micro = installation.start(folder, jvm, cache, "micro", "--port", "0")) {
                micro.url();
                assertThat(micro.output().contains("Preparing faster starts")).isEqualTo(first);
            }
        }
        try (Stream<Path> files = Files.list(folder.resolve("cache/internal-events"))) {
            assertThat(files.map(Path::toString)).singleElement().asString().endsWith(".jsa");
        }
    }

    @Test
    void it_works_through_a_link_and_reads_the_settings_of_the_working_directory() throws Exception {
        Path work = Files.createDirectory(folder.resolve("work"));
        Files.writeString(work.resolve(".env"), "AIGW_INTERNAL_EVENT__BATCH_SIZE=ten\n");
        Path link = Files.createSymbolicLink(
                work.resolve("events"), work.relativize(installation.folder().resolve("bin/internal-events")));
        try (Installation.Running doctor =
                Installation.start(link, work, Installation.jvms().get(0), Map.of(), "doctor")) {
            assertThat(doctor.exitCode()).isEqualTo(1);
            assertThat(doctor.output()).contains("AIGW_INTERNAL_EVENT__BATCH_SIZE: \"ten\"");
        }
    }

    @Test
    void the_example_gateway_is_in_it() throws Exception {
        try (Installation.Running demo =
                installation.start(folder, Installation.jvms().get(0), Map.of(), "demo", "--once")) {
            assertThat(demo.exitCode()).as(demo.output()).isZero();
            assertThat(demo.output()).contains("request_awesome_feature");
        }
    }

    @Test
    void without_java_the_message_says_what_to_install() throws Exception {
        try (Installation.Running version =
                installation.start(folder, Path.of("/nonexistent"), Map.of("PATH", pathWithoutJava()), "--version")) {
            assertThat(version.exitCode()).isEqualTo(1);
            assertThat(version.output())
                    .contains("install a JDK or JRE 17 or newer")
                    .doesNotContain("not found");
        }
    }

    /** Returns a folder with the programs that the script needs. */
    private static String pathWithoutJava() throws Exception {
        Path bin = Files.createDirectory(folder.resolve("bin"));
        for (String program : List.of("sh", "dirname", "readlink", "setpriv")) {
            String path = Installation.run(Map.of(), "sh", "-c", "command -v " + program)
                    .strip();
            Files.createSymbolicLink(bin.resolve(program), Path.of(path));
        }
        return bin.toString();
    }

    @Test
    void the_zip_has_the_same_files_and_the_script_is_executable() throws Exception {
        Path target = Installation.TARGET;
        String tar = Installation.run(
                Map.of(),
                "tar",
                "-tzf",
                target.resolve(Installation.NAME + ".tar.gz").toString());
        String zip = Installation.run(
                Map.of(),
                "unzip",
                "-Z1",
                target.resolve(Installation.NAME + ".zip").toString());
        // Only the zip has entries for all folders.
        assertThat(zip.lines().filter(entry -> !entry.endsWith("/")))
                .containsExactlyInAnyOrderElementsOf(
                        tar.lines().filter(entry -> !entry.endsWith("/")).toList());
        assertThat(Installation.run(
                        Map.of(),
                        "unzip",
                        "-Zs",
                        target.resolve(Installation.NAME + ".zip").toString(),
                        Installation.NAME + "/bin/internal-events"))
                .contains("-rwxr-xr-x");
    }

    @Test
    void shells_can_read_the_completions_and_bash_completes_a_command() throws Exception {
        Path bash = installation.folder().resolve("completions/bash/internal-events");
        assertThat(Installation.run(
                        Map.of(),
                        "bash",
                        "-c",
                        ". \"$0\"; COMP_WORDS=(internal-events coll); COMP_CWORD=1; _complete_internal-events;"
                                + " echo \"${COMPREPLY[@]}\"",
                        bash.toString()))
                .isEqualTo("collector\n");
        parses("zsh", "completions/zsh/_internal-events");
        parses("fish", "completions/fish/internal-events.fish");
    }

    private static void parses(String shell, String file) throws Exception {
        Path script = installation.folder().resolve(file);
        assertThat(script).content().contains("collector", "max-store");
        if (Stream.of(System.getenv("PATH").split(":")).anyMatch(path -> Files.isExecutable(Path.of(path, shell)))) {
            Installation.run(Map.of(), shell, "-n", script.toString());
        }
    }

    @Test
    void every_command_has_a_man_page() throws Exception {
        Path pages = installation.folder().resolve("share/man/man1");
        try (Installation.Running help =
                installation.start(folder, Installation.jvms().get(0), Map.of(), "--help")) {
            assertThat(help.exitCode()).isZero();
            List<String> commands = Pattern.compile("(?m)^  ([a-z-]+) {2,}")
                    .matcher(help.output().substring(help.output().indexOf("Commands:")))
                    .results()
                    .map((MatchResult match) -> match.group(1))
                    .toList();
            assertThat(commands).contains("collector", "micro");
            assertThat(commands)
                    .allSatisfy(command -> assertThat(pages.resolve("internal-events-" + command + ".1"))
                            .content()
                            .contains(".SH \"SYNOPSIS\"", ".SH \"OPTIONS\""));
        }
    }

    @Test
    void both_scripts_give_the_jvm_the_same_options() throws Exception {
        String onlyOnUnix = "(?s)-XX:(ThreadPriorityPolicy|JavaPriority1_To_OSPriority|\\+UnlockDiagnosticVMOptions"
                + "|-PrintWarnings|ArchiveClassesAtExit|SharedArchiveFile).*|-Xlog.*";
        List<String> unix = options("internal-events").stream()
                .filter(option -> !option.matches(onlyOnUnix))
                .toList();
        assertThat(unix).contains("-XX:+UseParallelGC", "-Xmx512m", "--enable-native-access=ALL-UNNAMED");
        assertThat(options("internal-events.bat")).containsExactlyInAnyOrderElementsOf(unix);
    }

    private static List<String> options(String script) throws IOException {
        return Pattern.compile("(?m)(?<![\\w-])(-X[\\w:+=.-]+|--[a-z-]+=[A-Z-]+|-Dinternal[a-z.-]+|-jar)")
                .matcher(Files.readString(SCRIPTS.resolve(script)).replaceAll("(?m)^ *(#|rem ).*", ""))
                .results()
                .map((MatchResult match) -> match.group(1))
                .distinct()
                .toList();
    }
}
