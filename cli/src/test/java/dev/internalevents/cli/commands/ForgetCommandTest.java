package dev.internalevents.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.cli.Main;
import dev.internalevents.testkit.TestServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** All ids are checked before the first is sent, and an incomplete response is a failure. */
class ForgetCommandTest {

    private final List<JsonNode> questions = Collections.synchronizedList(new ArrayList<>());
    private final StringWriter out = new StringWriter();
    private final StringWriter errors = new StringWriter();
    private final InputStream in = System.in;
    private TestServer server;
    private volatile String answer = "\n\n{\"events\":1,\"requests\":2,\"waiting\":3}";
    private volatile boolean breaks;

    @BeforeEach
    void start() throws IOException {
        server = TestServer.handling(exchange -> {
            questions.add(JsonMapper.shared().readTree(exchange.getRequestBody().readAllBytes()));
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, breaks ? bytes.length + 1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.getResponseBody().flush();
            if (breaks) {
                // One byte of the response is missing; the server closes the connection.
                throw new IOException("broken off");
            }
            exchange.close();
        });
    }

    @AfterEach
    void stop() {
        System.setIn(in);
        server.close();
    }

    private int forget(byte[] input, String... words) {
        System.setIn(new ByteArrayInputStream(input));
        CommandLine commandLine = Main.commandLine();
        CommandLine forget = commandLine.getSubcommands().get("forget");
        forget.setOut(new PrintWriter(out, true));
        forget.setErr(new PrintWriter(errors, true));
        commandLine.setErr(new PrintWriter(errors, true));
        List<String> all =
                new ArrayList<>(List.of("forget", "--url", server.url().toString()));
        all.addAll(List.of(words));
        return commandLine.execute(all.toArray(String[]::new));
    }

    private static String lines(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(i -> "u" + i).collect(Collectors.joining("\n"));
    }

    @Test
    void a_wrong_line_is_named_before_anything_is_removed() {
        byte[] input = (lines(700) + "\n" + "x".repeat(501) + "\n" + lines(10)).getBytes(StandardCharsets.UTF_8);

        assertThat(forget(input, "-")).isEqualTo(CommandLine.ExitCode.USAGE);

        assertThat(errors.toString())
                .contains(
                        "line 701 of standard input has 501 characters, expected an id of 1 to 500; nothing was removed");
        assertThat(questions).isEmpty();
    }

    @Test
    void a_line_that_is_no_utf_8_is_named_before_anything_is_removed() {
        byte[] input = (lines(700) + "\nm\u00fcller").getBytes(StandardCharsets.ISO_8859_1);

        assertThat(forget(input, "-")).isEqualTo(CommandLine.ExitCode.USAGE);

        assertThat(errors.toString()).contains("line 701 of standard input is not UTF-8; nothing was removed");
        assertThat(questions).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--user=", "--global-user="})
    void an_empty_option_is_refused(String option) {
        assertThat(forget(new byte[0], "--user=7", option)).isEqualTo(CommandLine.ExitCode.USAGE);

        assertThat(errors.toString()).contains("has 0 characters, expected an id of 1 to 500");
        assertThat(questions).isEmpty();
    }

    @Test
    void ids_are_sent_as_many_at_once_as_are_taken() {
        String input = "\ufeff" + lines(1_500) + "\r\n\n  u1 \n" + "\u0001".repeat(400);

        assertThat(forget(input.getBytes(StandardCharsets.UTF_8), "-", "--global-user", "g"))
                .as(errors.toString())
                .isZero();

        assertThat(questions.stream().map(one -> one.path("users").size()).toList())
                .containsExactly(1_000, 501);
        assertThat(questions.get(0).path("users").path(0).asString("")).isEqualTo("u1");
        assertThat(questions.get(0).path("globalUsers").size()).isEqualTo(1);
        assertThat(out.toString()).contains("removed 2 events, 4 requests of failed events, 6 waiting events");
    }

    @Test
    void a_lake_is_named_only_if_there_is_one() {
        assertThat(forget(new byte[0], "--user=7")).isZero();
        assertThat(out.toString()).doesNotContain("lake");

        answer = "{\"events\":1,\"requests\":2,\"waiting\":3,\"lake\":\"within 24 hours\"}";
        assertThat(forget(new byte[0], "--user=7")).isZero();
        assertThat(out.toString()).contains("in the lake, and the snapshots with them, are removed within 24 hours");

        answer = "{\"events\":1,\"requests\":2,\"waiting\":3,\"lake\":\"not changed\"}";
        assertThat(forget(new byte[0], "--user=7")).isZero();
        assertThat(out.toString()).contains("The files of the lake still have the rows of these persons");
    }

    @Test
    void long_ids_fit_into_requests_of_1_mb() {
        String input = IntStream.range(0, 1_000)
                .mapToObj(i -> "a".repeat(100) + "\u0001".repeat(396) + (1_000 + i))
                .collect(Collectors.joining("\n"));

        assertThat(forget(input.getBytes(StandardCharsets.UTF_8), "-")).isZero();

        assertThat(questions.stream().mapToInt(one -> one.path("users").size()).sum())
                .isEqualTo(1_000);
        assertThat(questions)
                .allSatisfy(one -> assertThat(one.toString().length()).isLessThan(1_000_000));
    }

    @Test
    void an_error_after_line_feeds_is_told() {
        answer = "\n\n\n{\"error\":\"the disk is full\"}";
        breaks = true;

        assertThat(forget(lines(5).getBytes(StandardCharsets.UTF_8), "-")).isNotZero();

        assertThat(errors.toString()).contains("the disk is full");
    }

    @Test
    void an_answer_that_breaks_off_is_a_failure() {
        breaks = true;

        assertThat(forget(lines(5).getBytes(StandardCharsets.UTF_8), "-")).isNotZero();

        assertThat(out.toString()).doesNotContain("removed");
    }
}
