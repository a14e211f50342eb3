package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.spool.Durability;
import dev.internalevents.testkit.Payloads;
import java.io.IOException;
import java.io.StringReader;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code /micro/export?format=csv}, for events in memory and for events in a folder. */
class CsvExportTest {

    @TempDir
    static Path folder;

    @AutoClose
    private final TestCollector collector = new TestCollector();

    static Stream<CollectorSettingsBuilder> kinds() throws IOException {
        return Stream.of(
                CollectorSettings.micro(),
                CollectorSettings.collector(Files.createTempDirectory(folder, "data"))
                        .durability(Durability.disk())
                        .readYourWrites(true));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void a_spreadsheet_gets_texts_as_texts_and_numbers_as_numbers(CollectorSettingsBuilder settings) throws Exception {
        collector.start(settings);
        collector.track(Payloads.event(
                "e",
                "se",
                "se_ac",
                "=HYPERLINK(\"http://evil.test\")",
                "se_la",
                "a \"quoted\", text",
                "se_pr",
                "-1+1",
                "se_va",
                "-2.5",
                "co",
                Payloads.contexts(Payloads.selfDescribing(
                        Payloads.GITLAB_STANDARD, Map.of("environment", "@SUM(A1)", "project_id", 7)))));

        HttpResponse<String> answer = collector.get("/micro/export?format=csv");

        assertThat(answer.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/csv"));
        assertThat(answer.body()).endsWith("\r\n").contains("\"a \"\"quoted\"\", text\"");
        CSVRecord row = rows(answer.body()).get(0);
        assertThat(row.get("se_action")).isEqualTo("'=HYPERLINK(\"http://evil.test\")");
        assertThat(row.get("title")).isEqualTo("'=HYPERLINK(\"http://evil.test\")");
        assertThat(row.get("se_property")).isEqualTo("'-1+1");
        assertThat(row.get("se_value")).isEqualTo("-2.5");
        assertThat(row.get("contexts_com_gitlab_gitlab_standard_1.environment")).isEqualTo("'@SUM(A1)");
        assertThat(row.get("contexts_com_gitlab_gitlab_standard_1.project_id")).isEqualTo("7");
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void no_text_begins_like_a_formula(CollectorSettingsBuilder settings) throws Exception {
        List<String> formulas = List.of(
                "=1+1",
                "+1+1",
                "-1+1",
                "@SUM(A1)",
                "|cmd",
                "\uFF1D1+1",
                "\uFF0B1+1",
                "\uFF0D1+1",
                "\uFF20SUM(A1)",
                "\uFF5Ccmd",
                " =1+1",
                "\u00A0=1+1",
                "\uFEFF=1+1",
                "\u200B=1+1",
                "\u0000=1+1",
                "\ttext",
                "\rtext",
                "\ntext");
        List<String> harmless = List.of("-2.5", "+3", "1=1", "a|b", " text", "'text", "\u2212text");
        collector.start(settings);
        for (String text : Stream.concat(formulas.stream(), harmless.stream()).toList()) {
            collector.track(Payloads.event(
                    "e",
                    "se",
                    "se_ac",
                    "a",
                    "co",
                    Payloads.contexts(Payloads.selfDescribing(Payloads.GITLAB_STANDARD, Map.of("environment", text)))));
        }

        List<String> texts = query("{}").stream()
                .map(row -> row.get("contexts_com_gitlab_gitlab_standard_1.environment"))
                .toList();

        assertThat(texts.subList(0, formulas.size()))
                .containsExactlyElementsOf(
                        formulas.stream().map(text -> "'" + text).toList());
        assertThat(texts.subList(formulas.size(), texts.size())).containsExactlyElementsOf(harmless);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void a_query_selects_the_rows_and_failed_ones_have_their_reason(CollectorSettingsBuilder settings)
            throws Exception {
        collector.start(settings);
        collector.track(IntStream.range(0, 3_000)
                .mapToObj(i -> "{\"e\":\"se\",\"se_ac\":\"event_" + i + "\",\"aid\":\"app_" + i % 3 + "\"}")
                .collect(Collectors.joining(",")));
        collector.track("{\"e\":\"se\",\"se_ac\":\"broken\",\"se_va\":\"abc\",\"aid\":\"app_1\"}");

        assertThat(titles(query("{\"filters\":[{\"column\":\"app_id\",\"values\":[\"app_1\"]}]}")))
                .hasSize(1_001)
                .startsWith("event_1", "event_4")
                .endsWith("event_2998", "broken");
        List<CSVRecord> failed = query("{\"validEvents\":false}");
        assertThat(titles(failed)).containsExactly("broken");
        assertThat(failed.get(0).get("valid")).isEqualTo("false");
        assertThat(failed.get(0).get("reason")).contains("\"abc\" is not a decimal number");
        assertThat(query("{\"filters\":[{\"column\":\"app_id\",\"values\":[\"none\"]}]}"))
                .isEmpty();
        assertThat(rows(collector.get("/micro/export?format=csv&session=app_2").body()))
                .hasSize(1_000);
        HttpResponse<String> wrong = collector.get("/micro/export?format=csv&query=%7B%22filter%22:1%7D");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body()).contains("filter").contains("is not a key");
    }

    private List<CSVRecord> query(String json) throws Exception {
        String query = URLEncoder.encode(json, StandardCharsets.UTF_8);
        return rows(collector.get("/micro/export?format=csv&query=" + query).body());
    }

    private static List<String> titles(List<CSVRecord> rows) {
        return rows.stream().map(row -> row.get("title")).toList();
    }

    private static List<CSVRecord> rows(String csv) throws IOException {
        CSVFormat format = CSVFormat.RFC4180
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .get();
        try (CSVParser parser = CSVParser.parse(new StringReader(csv), format)) {
            return parser.getRecords();
        }
    }
}
