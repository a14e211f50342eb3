package dev.internalevents.definitions.write;

import dev.internalevents.definitions.read.DefinitionFiles;
import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.definitions.EventDefinition;
import dev.internalevents.definitions.Identifier;
import dev.internalevents.definitions.Measure;
import dev.internalevents.definitions.MetricDefinition;
import dev.internalevents.definitions.Reading;
import dev.internalevents.definitions.Tier;
import dev.internalevents.definitions.TimeFrame;
import dev.internalevents.definitions.UniqueBy;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Generated definitions are read back with the same meaning. */
class NewDefinitionsTest {

    private static NewEvent event(String description) {
        return new NewEvent(
                "request_awesome_feature",
                description,
                List.of(Identifier.PROJECT, Identifier.USER),
                Map.of("label", description),
                Optional.empty(),
                introduction("18.10", Tier.FREE, Tier.ULTIMATE));
    }

    private static NewMetric metric(Measure measure, List<TimeFrame> frames, Map<String, Object> filter) {
        return new NewMetric(
                new CountedEvents(
                        List.of(new CountedEvents.Counted("request_awesome_feature", filter)), measure, frames),
                filter.isEmpty() ? Optional.empty() : Optional.of("asked"),
                "who asked: \"why?\"",
                introduction("18.1", Tier.FREE));
    }

    private static Introduction introduction(String milestone, Tier... tiers) {
        return new Introduction(
                "awesome", List.of(), milestone, Optional.of("https://example.com/1"), List.of(tiers));
    }

    @Test
    void an_event_has_gitlabs_order_and_quotes() {
        assertThat(event("A user asked").yaml()).isEqualTo("""
                ---
                description: A user asked
                internal_events: true
                action: request_awesome_feature
                identifiers:
                - project
                - user
                additional_properties:
                  label:
                    description: A user asked
                product_group: awesome
                milestone: '18.10'
                introduced_by_url: https://example.com/1
                tiers:
                - free
                - ultimate
                """);
    }

    @Test
    void a_metric_has_gitlabs_order_and_quotes() {
        NewMetric metric = metric(
                new Measure.Unique(UniqueBy.USER),
                List.of(TimeFrame.TWENTY_EIGHT_DAYS, TimeFrame.SEVEN_DAYS),
                Map.of("label", "yes: no"));
        assertThat(metric.file()).isEqualTo("metrics/counts_all/count_distinct_user_id_from_asked.yml");
        assertThat(metric.yaml()).isEqualTo("""
                ---
                key_path: redis_hll_counters.count_distinct_user_id_from_asked
                description: 'Count of unique users who asked: "why?"'
                product_group: awesome
                performance_indicator_type: []
                value_type: number
                status: active
                milestone: '18.1'
                introduced_by_url: https://example.com/1
                time_frame:
                - 28d
                - 7d
                data_source: internal_events
                data_category: optional
                tiers:
                - free
                events:
                - name: request_awesome_feature
                  unique: user.id
                  filter:
                    label: 'yes: no'
                """);
    }

    /** Expected results are those of Ruby's writer. */
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '|',
            value = {
                "plain text; as it is",
                "https://example.com/a; https://example.com/a",
                "12; '12'",
                "12.40; '12.40'",
                "1,000; '1,000'",
                "012; '012'",
                "1:30; '1:30'",
                "1e5; '1e5'",
                "2026-11-25; '2026-11-25'",
                "yes; 'yes'",
                "Off; 'Off'",
                "y; #y#",
                "null; 'null'",
                "~; #~#",
                "a: b; 'a: b'",
                "a #b; 'a #b'",
                "it's; it's",
                "it's: a; 'it''s: a'",
                "- a; #- a#",
                "@a; #@a#",
                "<13.9; #<13.9#",
                "(a) b; #(a) b#",
                "é; é",
                "漢字; 漢字",
                "a 👍; #a \\U0001F44D#",
            },
            delimiter = ';')
    void texts_have_quotes_where_rubys_writer_puts_them(String text, String expected) {
        String written = expected.equals("as it is") ? text : expected.replace('#', '"');
        if (text.equals("a #b")) {
            written = expected;
        }
        assertThat(event(text).yaml()).contains("\ndescription: " + written + "\n");
    }

    @Test
    void lines_end_after_column_150() {
        String words = "word ".repeat(40).strip();

        assertThat(event(words.substring(0, 149)).yaml())
                .contains("\ndescription: " + words.substring(0, 139) + "\n  " + words.substring(140, 149) + "\n");
        assertThat(event(words).yaml())
                .contains("\ndescription: >-\n  " + words.substring(0, 149) + "\n  " + words.substring(150) + "\n");
        assertThat(DefinitionFiles.read(Map.of("events/a.yml", event(words).yaml()), "test")
                        .dictionary()
                        .event("request_awesome_feature")
                        .orElseThrow()
                        .description())
                .isEqualTo(words);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "12",
                "1.5",
                "true",
                "null",
                "~",
                "- a",
                "a: b",
                "a #b",
                "'q'",
                "\"q\"",
                "[a]",
                "{a}",
                "&a",
                "*a",
                "!a",
                "|",
                ">",
                "%a",
                "@a",
                "`a`",
                " lead",
                "trail ",
                "tab\there",
                "line\nbreak",
                "é – 漢",
                "back\\slash",
                "? a",
                ":",
                "-",
                "a:",
                "0x1",
                ".inf",
                "2026-11-25",
                "=",
                "<<"
            })
    void any_text_is_read_as_it_was_meant(String text) {
        Reading reading = DefinitionFiles.read(Map.of(event(text).file(), event(text).yaml()), "test");

        if (text.isBlank()) {
            return;
        }
        assertThat(reading.problems()).isEmpty();
        EventDefinition read =
                reading.dictionary().event("request_awesome_feature").orElseThrow();
        assertThat(read.description()).isEqualTo(text);
        assertThat(read.additionalProperties()).containsExactly(Map.entry("label", text));
        assertThat(read.milestone()).contains("18.10");
    }

    @Test
    void every_kind_of_metric_is_right() {
        NewEvent event = new NewEvent(
                "request_awesome_feature",
                "a",
                List.of(Identifier.USER),
                Map.of("value", "v", "label", "l"),
                Optional.empty(),
                introduction("18.1", Tier.FREE));
        List<Measure> measures = List.of(
                new Measure.Total(),
                new Measure.Sum(),
                new Measure.Unique(UniqueBy.USER),
                new Measure.Unique(UniqueBy.LABEL));
        for (Measure measure : measures) {
            NewMetric metric = metric(measure, List.of(TimeFrame.SEVEN_DAYS), Map.of("value", new BigDecimal(3)));
            Reading reading = DefinitionFiles.read(Map.of(event.file(), event.yaml(), metric.file(), metric.yaml()), "test");
            assertThat(reading.problems()).isEmpty();
            MetricDefinition read =
                    reading.dictionary().metric(metric.keyPath()).orElseThrow();
            assertThat(read.rules().get(0).measure()).isEqualTo(measure);
        }
    }
}
