package dev.internalevents.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Runs the script of a checkout. Its Maven is a script that copies the jars of this build and counts: a real build
 * would take minutes.
 */
class CheckoutScriptTest {

    private static final Path HOME = Path.of("../..").toAbsolutePath().normalize();
    private static final boolean IS_ROOT = System.getProperty("user.name").equals("root");

    private Path folder;
    private Path checkout;

    @BeforeEach
    void make() throws Exception {
        folder = Files.createTempDirectory("checkout");
        checkout = Files.createDirectory(folder.resolve("a checkout"));
        run("chmod", "755", folder.toString());
        Files.createDirectories(checkout.resolve("distribution/src/main/scripts"));
        Files.createDirectories(checkout.resolve("client/src/main"));
        for (String file : List.of(
                "internal-events", "pom.xml", "LICENSE", "NOTICE", "distribution/src/main/scripts/internal-events")) {
            Files.copy(HOME.resolve(file), checkout.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
        }
        Files.createDirectory(checkout.resolve("licenses"));
        Files.writeString(checkout.resolve("client/src/main/A.java"), "class A {}");
        Path maven = Files.writeString(checkout.resolve("mvnw"), """
                #!/bin/sh
                set -e
                echo build >>builds
                mkdir -p cli/target gateway/target lake/target/lib
                cp '%1$s/cli/target/internal-events-cli.jar' cli/target/
                ln -sfn '%1$s/cli/target/lib' cli/target/lib
                echo gateway >gateway/target/gateway-app.jar
                echo lake >lake/target/internal-events-lake.jar
                """.formatted(HOME));
        assertThat(maven.toFile().setExecutable(true)).isTrue();
    }

    @AfterEach
    void remove() throws Exception {
        run("rm", "-rf", folder.toString());
    }

    @Test
    void it_builds_once_and_again_after_a_change() throws Exception {
        assertVersion(version(checkout, folder));
        assertVersion(version(checkout, folder));
        assertThat(builds(checkout)).isEqualTo(1);

        Files.writeString(checkout.resolve("client/src/main/A.java"), "class A { int changed; }");
        run(
                "touch",
                "-d",
                "+1 minute",
                checkout.resolve("client/src/main/A.java").toString());
        assertVersion(version(checkout, folder));
        assertThat(builds(checkout)).isEqualTo(2);
    }

    @Test
    void a_copy_with_new_times_runs_without_a_build() throws Exception {
        version(checkout, folder);
        Path copy = folder.resolve("copy");
        run("cp", "-r", checkout.toString(), copy.toString());
        run("find", copy.toString(), "-name", "*.java", "-exec", "touch", "-d", "+1 minute", "{}", "+");

        assertVersion(version(copy, folder));
        assertThat(builds(copy)).isEqualTo(1);
    }

    @Test
    void it_runs_through_a_link_from_another_folder() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("events"), Path.of("a checkout/internal-events"));

        assertVersion(finish(start(List.of(link.toString(), "--version"), folder.getParent())));
    }

    @Test
    void a_user_who_cannot_write_runs_what_is_built() throws Exception {
        assumeTrue(IS_ROOT, "changing the user needs root");
        version(checkout, folder);
        run(
                "touch",
                "-d",
                "+1 minute",
                checkout.resolve("client/src/main/A.java").toString());
        assertVersion(asNobody());

        Files.writeString(checkout.resolve("client/src/main/A.java"), "class A { int changed; }");
        run(
                "touch",
                "-d",
                "+1 minute",
                checkout.resolve("client/src/main/A.java").toString());
        Result changed = asNobody();
        assertThat(changed.code).isZero();
        assertThat(changed.output).contains("newer than the build; running the existing build");
    }

    @Test
    void a_user_who_cannot_write_and_finds_nothing_built_is_told_what_to_do() throws Exception {
        assumeTrue(IS_ROOT, "changing the user needs root");
        Result result = asNobody();

        assertThat(result.code).isEqualTo(1);
        assertThat(result.output).contains("is not built", "cannot write to it", "--version once as its owner");
    }

    @Test
    void a_lock_that_cannot_be_made_is_an_error_with_its_reason() throws Exception {
        Files.createDirectories(checkout.resolve("cli/target"));
        Files.writeString(checkout.resolve("cli/target/build.lock"), "");
        Result result = version(checkout, folder);

        assertThat(result.code).isEqualTo(1);
        assertThat(result.output).contains("cannot create", "build.lock", "File exists");
    }

    @Test
    void the_lock_of_a_process_that_is_gone_is_removed() throws Exception {
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        Files.createDirectories(checkout.resolve("cli/target"));
        Files.createSymbolicLink(checkout.resolve("cli/target/build.lock"), Path.of(String.valueOf(gone.pid())));

        assertVersion(version(checkout, folder));
        assertThat(Files.isSymbolicLink(checkout.resolve("cli/target/build.lock")))
                .isFalse();
    }

    @Test
    void two_commands_that_start_together_build_once() throws Exception {
        Process one = start(List.of(checkout.resolve("internal-events").toString(), "--version"), folder);
        Process other = start(List.of(checkout.resolve("internal-events").toString(), "--version"), folder);

        assertVersion(finish(one));
        assertVersion(finish(other));
        assertThat(builds(checkout)).isEqualTo(1);
    }

    private record Result(int code, String output) {}

    private static void assertVersion(Result result) {
        assertThat(result.output).contains("internal-events 0.");
        assertThat(result.output).doesNotContain("newer than the build");
        assertThat(result.code).isZero();
    }

    private static int builds(Path checkout) throws IOException {
        return Files.readAllLines(checkout.resolve("builds")).size();
    }

    private static Result version(Path checkout, Path from) throws Exception {
        return finish(start(List.of(checkout.resolve("internal-events").toString(), "--version"), from));
    }

    private Result asNobody() throws Exception {
        return finish(start(
                List.of(
                        "setpriv",
                        "--reuid=nobody",
                        "--regid=nogroup",
                        "--clear-groups",
                        checkout.resolve("internal-events").toString(),
                        "--version"),
                folder));
    }

    private static Process start(List<String> command, Path from) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command))
                .directory(from.toFile())
                .redirectErrorStream(true);
        builder.environment().putAll(Map.of("JAVA_HOME", System.getProperty("java.home"), "HOME", "/nonexistent"));
        return builder.start();
    }

    private static Result finish(Process process) throws Exception {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return new Result(process.exitValue(), output);
    }

    private static void run(String... command) throws Exception {
        Result result = finish(start(List.of(command), HOME));
        assertThat(result.code).as(result.output).isZero();
    }
}
