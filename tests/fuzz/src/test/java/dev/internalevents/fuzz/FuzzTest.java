package dev.internalevents.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.testkit.Payloads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs each fuzzer for a limited time in a process with little memory, which must exit without a finding. */
@Tag("slow")
class FuzzTest {

    private static final int SECONDS = Integer.getInteger("fuzz.seconds", 20);

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(classes = {DecoderFuzzer.class, HttpFuzzer.class})
    void nothing_breaks_it(Class<?> fuzzer) throws Exception {
        Path seeds = Files.createDirectory(folder.resolve("seeds"));
        seed(seeds);
        Path output = folder.resolve("output.txt");
        Process jazzer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx400m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "com.code_intelligence.jazzer.Jazzer",
                        "--target_class=" + fuzzer.getName(),
                        "--instrumentation_includes=dev.internalevents.**",
                        // Jazzer's hooks look for other kinds of flaws and interfere with Netty.
                        "--hooks=false",
                        "--reproducer_path=" + folder,
                        "-max_total_time=" + SECONDS / 2,
                        "-max_len=4096",
                        "-timeout=25",
                        "-rss_limit_mb=3000",
                        "-artifact_prefix=" + folder + "/",
                        seeds.toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(jazzer.waitFor(SECONDS + 120, TimeUnit.SECONDS)).isTrue();
        String said = Files.readString(output);
        assertThat(jazzer.exitValue())
                .as(said.substring(Math.max(0, said.length() - 6_000)))
                .isZero();
        assertThat(said).contains("DONE");
    }

    private static void seed(Path seeds) throws IOException {
        String body = Payloads.of(Map.of(
                "e",
                "se",
                "se_va",
                "1",
                "co",
                Payloads.contexts(Payloads.selfDescribing(Payloads.GITLAB_STANDARD, Map.of()))));
        Files.writeString(seeds.resolve("body"), "\u0000" + body);
        Files.writeString(seeds.resolve("post"), "\u0002" + body);
        Files.writeString(seeds.resolve("query"), "\u0002e=pv&page=a%20b&url=http%3A%2F%2Fx&cx=eyJ9");
        Files.writeString(
                seeds.resolve("page"),
                "\u0003{\"filters\":[{\"column\":\"app_id\",\"values\":[\"a\"]}],\"sorting\":{\"column\":\"x\"},\"page\":1}");
        Files.writeString(seeds.resolve("await"), "\u0004{\"where\":{\"app_id\":\"a\"},\"timeoutMs\":1}");
    }
}
