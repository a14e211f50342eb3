package dev.internalevents.store;

import static dev.internalevents.store.EventQuery.Direction.ASCENDING;
import static dev.internalevents.store.EventQuery.Direction.DESCENDING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.pipeline.EnrichedTsv;
import dev.internalevents.pipeline.EventKey;
import dev.internalevents.pipeline.FailedEvent;
import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.pipeline.PersonMatch;
import dev.internalevents.pipeline.Persons;
import dev.internalevents.protocol.Json;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract of all event stores. The test of a store extends this class and opens its store. */
public abstract class EventStoreContract {

    private static final String CONTEXT =
            "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0\",\"data\":["
                    + "{\"schema\":\"iglu:com.gitlab/gitlab_standard/jsonschema/1-1-7\",\"data\":{\"environment\":\"%s\","
                    + "\"user_id\":%d,\"extra\":{\"a\":[1,2]}}},"
                    + "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/web_page/jsonschema/1-0-0\",\"data\":"
                    + "{\"id\":\"ea8bf810-1d6f-4a6a-b4fd-93e8cbd8b57f\"}},"
                    + "{\"schema\":\"iglu:com.gitlab/gitlab_standard/jsonschema/1-1-6\",\"data\":{\"environment\":\"second\"}}]}";

    protected EventStore store;

    protected abstract EventStore open();

    @BeforeEach
    void start() {
        store = open();
    }

    @AfterEach
    void stop() {
        store.close();
    }

    @Test
    @DisplayName("returns stored events unchanged")
    void gives_back_whole_events() {
        Events events = events().add(Map.of(
                        "e",
                        "se",
                        "se_ca",
                        "c",
                        "se_ac",
                        "a",
                        "se_va",
                        "1.5",
                        "eid",
                        id(1),
                        "aid",
                        "app",
                        "dtm",
                        "1000",
                        "stm",
                        "2000",
                        "co",
                        String.format(CONTEXT, "production", 7)))
                .add(Map.of(
                        "e",
                        "ue",
                        "eid",
                        id(2),
                        "ue_pr",
                        "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0\",\"data\":{"
                                + "\"schema\":\"iglu:com.snowplowanalytics.snowplow/link_click/jsonschema/1-0-1\","
                                + "\"data\":{\"targetUrl\":\"http://x/ü'\\\"😀\"}}}"))
                .add(Map.of(
                        "e",
                        "pv",
                        "url",
                        "https://shop.test/a?utm_source=s&utm_medium=m",
                        "res",
                        "1920x1080",
                        "cookie",
                        "1",
                        "page",
                        "a\tb\nc"))
                .add(Map.of("e", "se", "se_va", "many", "p", "toaster", "eid", id(4)))
                .add(Events.payload(
                        Events.START, List.of(), "no JSON".getBytes(java.nio.charset.StandardCharsets.UTF_8)));

        write(events);
        assertThat(store.summary(null).total()).isEqualTo(5);

        for (StoredEvent given : events.events()) {
            StoredEvent kept = store.withNumber(given.number()).orElseThrow();
            assertThat(kept.event().atomic()).isEqualTo(given.event().atomic());
            assertThat(kept.event().key()).isEqualTo(given.event().key());
            assertThat(kept.event().index()).isEqualTo(given.event().index());
            assertThat(kept.event().payload().context())
                    .isEqualTo(given.event().payload().context());
            if (given.event() instanceof GoodEvent good) {
                GoodEvent keptGood = (GoodEvent) kept.event();
                assertThat(Json.write(keptGood.contexts().toMap()))
                        .isEqualTo(Json.write(good.contexts().toMap()));
                assertThat(keptGood.derivedContexts()).isEqualTo(good.derivedContexts());
                assertThat(keptGood.unstruct()).isEqualTo(good.unstruct());
                assertThat(keptGood.schema()).isEqualTo(good.schema());
                // The stored encoding may differ, but the contexts are the same.
                assertThat(keptGood.raw().parameters().contexts().list())
                        .hasSameSizeAs(good.contexts().list());
            } else {
                FailedEvent failed = (FailedEvent) given.event();
                FailedEvent keptFailed = (FailedEvent) kept.event();
                assertThat(keptFailed.failures()).isEqualTo(failed.failures());
                assertThat(keptFailed.payload()).isEqualTo(failed.payload());
                assertThat(keptFailed.raw()).isEqualTo(failed.raw());
            }
        }
    }

    private static final List<String> NUMBERS = List.of(
            "1.7976931348623157e308",
            "-1.7976931348623157e308",
            "1.797693134862315807e308",
            "1e309",
            "-1e400",
            "1e-309",
            "4.9e-324",
            "1e-400",
            "-0.0",
            "2e23",
            "12345678901234567.89",
            "0.1000000000000000055511151231257827",
            "9".repeat(400),
            "1" + "0".repeat(308),
            "NaN",
            "Infinity",
            "-Infinity",
            "2147483647",
            "-2147483648",
            "2147483648",
            "9223372036854775808",
            "0x10",
            "null");
    private static final List<String> TIMES = List.of(
            "0",
            "-1",
            "-62167219200000",
            "-62167219200001",
            "253402300799999",
            "253402300800000",
            "9223372036854775807",
            "-9223372036854775808");
    private static final List<String> TEXTS =
            List.of("\u0000", "a\u0000b", "\ufffd", "\ufdd0", "\ud83d\ude00", "'\"\\", "x".repeat(3), "\u2028", " ");

    /** Each parameter of the tracker protocol that becomes an atomic field, with values at the edges of its type. */
    private static Map<String, List<String>> extremes() {
        Map<String, List<String>> extremes = new LinkedHashMap<>();
        for (String number :
                "se_va ev_va tr_tt tr_tx tr_sh ti_pr tid vid ti_qu pp_mix pp_max pp_miy pp_may".split(" ")) {
            extremes.put(number, NUMBERS);
        }
        for (String time : "dtm stm ttm".split(" ")) {
            extremes.put(time, TIMES);
        }
        for (String size : "vp res ds".split(" ")) {
            extremes.put(size, List.of("2147483647x2147483647", "0x0", "2147483648x1", "9999999999x9999999999"));
        }
        for (String flag : "f_pdf f_fla f_java f_dir f_qt f_realp f_wma f_gears f_ag cookie".split(" ")) {
            extremes.put(flag, List.of("1", "0", "true", "2"));
        }
        for (String id : "eid sid".split(" ")) {
            extremes.put(
                    id,
                    List.of(
                            "00000000-0000-0000-0000-000000000000",
                            "ffffffff-ffff-ffff-ffff-ffffffffffff",
                            "FFFFFFFF-FFFF-4FFF-8FFF-FFFFFFFFFFFF",
                            "1-1-1-1-1"));
        }
        String texts = "aid tna tv uid ip fp duid nuid tnuid page refr se_ca se_ac se_la se_pr ev_ca ev_ac ev_la ev_pr"
                + " tr_id tr_af tr_ci tr_st tr_co tr_cu ti_id ti_sk ti_nm ti_na ti_ca ti_cu ua lang cd tz cs";
        for (String text : texts.split(" ")) {
            extremes.put(text, TEXTS);
        }
        List<String> addresses = new ArrayList<>(List.of("http://h:99999/", "http://h:2147483648/", "h", "//h"));
        TIMES.forEach(time -> addresses.add("http://h/?_sp=a." + time));
        TEXTS.forEach(text -> addresses.add("http://h/?utm_source=" + text + "&gclid=%00&_sp=%00." + text));
        extremes.put("url", addresses);
        return extremes;
    }

    /** A store may keep a decimal number as a double. */
    private static Map<String, Object> asDoubles(Map<String, Object> atomic) {
        Map<String, Object> values = new HashMap<>(atomic);
        values.replaceAll((name, value) -> value instanceof BigDecimal number ? number.doubleValue() + 0.0 : value);
        return values;
    }

    @Test
    @DisplayName("reads back, finds, sorts and counts every valid value of an atomic field")
    void reads_back_the_extremes_of_each_field() {
        Events events = events();
        extremes()
                .forEach((parameter, values) -> values.forEach(value -> {
                    Map<String, String> sent = new HashMap<>(Map.of("e", "se", "p", "web", "se_ca", "c", "se_ac", "a"));
                    sent.put(parameter, value);
                    events.add(sent);
                }));
        write(events);

        int all = events.events().size();
        List<StoredEvent> read = store.find(EventQuery.ALL.oldestFirst().withRepeats(true), 0, all + 1);
        assertThat(read).hasSize(all);
        for (int i = 0; i < all; i++) {
            StoredEvent given = events.events().get(i);
            String what = given.event().raw() + "";
            Map<String, Object> expected = asDoubles(given.event().atomic());
            assertThat(asDoubles(read.get(i).event().atomic())).as(what).isEqualTo(expected);
            assertThat(asDoubles(store.withNumber(given.number())
                            .orElseThrow()
                            .event()
                            .atomic()))
                    .as(what)
                    .isEqualTo(expected);
            assertThat(Json.parse(Json.write(FlatEvent.of(read.get(i))))).isNotNull();
            if (read.get(i).event() instanceof GoodEvent good) {
                assertThat(EnrichedTsv.write(good).split("\t", -1)).hasSize(EnrichedTsv.COLUMNS.size());
            }
        }
        assertThat(store.unreadable()).isZero();
        List<String> columns = store.columns(null);
        Map<String, EventStore.ColumnStats> stats = store.columnStats(columns, null);
        for (String column : columns) {
            assertThat(store.find(EventQuery.ALL.sortedBy(column, DESCENDING), 0, 2_000))
                    .hasSize(all);
            for (String value : stats.get(column).values()) {
                assertThat(store.count(EventQuery.ALL.where(EventQuery.Filter.equal(column, List.of(value)))))
                        .as(column + " " + value)
                        .isPositive();
            }
        }
    }

    @Test
    @DisplayName("returns repeated events only to queries with repeats")
    void leaves_repeats_out() {
        Map<String, String> parameters = Map.of("e", "pv", "eid", id(1), "aid", "app");
        write(events().add(parameters).add(Map.of("e", "nonsense", "eid", id(2), "aid", "app")));
        StoredEvent first = store.withNumber(1).orElseThrow();
        StoredEvent failed = store.withNumber(2).orElseThrow();
        write(events().take(new StoredEvent(3, null, first.event(), true))
                .take(new StoredEvent(4, null, failed.event(), true)));

        assertThat(numbers(EventQuery.ALL)).containsExactly(2L, 1L);
        assertThat(numbers(EventQuery.ALL.withRepeats(true))).containsExactly(4L, 3L, 2L, 1L);
        assertThat(numbers(EventQuery.ALL.good(true).withRepeats(true))).containsExactly(3L, 1L);
        assertThat(store.count(EventQuery.ALL)).isEqualTo(2);
        assertThat(store.count(EventQuery.ALL.withRepeats(true))).isEqualTo(4);
        assertThat(store.summary(null)).isEqualTo(new EventStore.Summary(1, 1, 4, 0, 0));
        assertThat(store.summary("app")).isEqualTo(new EventStore.Summary(1, 1, 4, 0, 0));
        assertThat(store.summary("app", true)).isEqualTo(new EventStore.Summary(2, 2, 4, 0, 0));
        assertThat(store.withNumber(3))
                .hasValueSatisfying(event -> assertThat(event.repeat()).isTrue());
        assertThat(store.withId(UUID.fromString(id(1)), null))
                .extracting(StoredEvent::number)
                .containsExactly(3L, 1L);
        assertThat(store.known(List.of(UUID.fromString(id(1))))).isNotEmpty();

        store.replace(new StoredEvent(4, null, first.event(), true));
        assertThat(store.summary(null)).isEqualTo(new EventStore.Summary(1, 1, 4, 0, 0));
        assertThat(store.summary(null, true)).isEqualTo(new EventStore.Summary(3, 1, 4, 0, 0));
        assertThat(store.reset("app").total()).isZero();
        assertThat(numbers(EventQuery.ALL.withRepeats(true))).isEmpty();
    }

    @Test
    @DisplayName("lists the newest first, and counts good and failed events")
    void lists_and_counts() {
        write(events().add(Map.of("e", "pv")).add(Map.of("e", "nonsense")).add(Map.of("e", "pv")));

        assertThat(numbers(EventQuery.ALL)).containsExactly(3L, 2L, 1L);
        assertThat(numbers(EventQuery.ALL.good(true))).containsExactly(3L, 1L);
        assertThat(numbers(EventQuery.ALL.good(false))).containsExactly(2L);
        assertThat(numbers(EventQuery.ALL.after(2))).containsExactly(3L);
        assertThat(store.find(EventQuery.ALL, 1, 1))
                .extracting(StoredEvent::number)
                .containsExactly(2L);
        assertThat(store.summary(null)).isEqualTo(new EventStore.Summary(2, 1, 3, 0, 0));
        assertThat(store.count(EventQuery.ALL.good(true))).isEqualTo(2);
        assertThat(store.withNumber(9)).isEmpty();
    }

    @Test
    @DisplayName("continues where it stopped, and stores a transaction completely or not at all")
    void remembers_progress() {
        assertThat(store.progress(Events.SPOOL)).isEqualTo(Progress.start(Events.SPOOL));
        Events events = events().add(Map.of("e", "pv")).add(Map.of("e", "pv"));
        write(events);
        assertThat(store.progress(Events.SPOOL)).isEqualTo(events.progress());
        assertThat(store.progress(UUID.fromString(id(9)))).isEqualTo(Progress.start(UUID.fromString(id(9))));

        Events broken = new Events(2) {
            private int given;

            @Override
            public Entry peek() {
                if (given++ > 2) {
                    throw new IllegalStateException("the source breaks");
                }
                return super.peek();
            }
        };
        broken.add(Map.of("e", "pv")).add(Map.of("e", "pv")).add(Map.of("e", "pv"));
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> store.write(broken))
                .hasMessageContaining("the source breaks");
        assertThat(numbers(EventQuery.ALL)).containsExactly(2L, 1L);
        assertThat(store.progress(Events.SPOOL)).isEqualTo(events.progress());

        write(new Events(2).add(Map.of("e", "pv")));
        assertThat(numbers(EventQuery.ALL)).containsExactly(3L, 2L, 1L);
    }

    @Test
    @DisplayName("filters by a thousand values at once")
    void filters_by_many_values() {
        String context = "contexts_com_gitlab_gitlab_standard_1.";
        write(events().add(one("a.b|c")).add(one("axb")).add(Map.of("e", "pv", "aid", "other")));
        String[] texts = valuesWith("a.b|c");
        String[] longTexts = valuesWith("a.b|c");
        longTexts[0] = "long".repeat(5_000);

        assertThat(where("app_id", texts)).containsExactly(1L);
        assertThat(where("se_value", valuesWith("2.0"))).containsExactly(2L, 1L);
        assertThat(where("se_value", "x", "y")).isEmpty();
        assertThat(where(context + "environment", valuesWith("second"))).containsExactly(2L, 1L);
        assertThat(where(context + "environment", valuesWith("third"))).isEmpty();
        assertThat(containing("app_id", texts)).containsExactly(1L);
        assertThat(containing("app_id", longTexts)).containsExactly(1L);
        assertThat(containing("app_id", valuesWith("A.B"))).containsExactly(1L);
        assertThat(containing("app_id", valuesWith("A\\E"))).isEmpty();
        assertThat(containing("app_id", "", "x")).containsExactly(3L, 2L, 1L);
        assertThat(containing(context + "environment", valuesWith("ECON"))).containsExactly(2L, 1L);
        assertThat(containing(context + "environment", valuesWith("*"))).isEmpty();
    }

    private static String[] valuesWith(String last) {
        String[] values = IntStream.range(0, 1_000).mapToObj(i -> "value " + i).toArray(String[]::new);
        values[values.length - 1] = last;
        return values;
    }

    private List<Long> containing(String column, String... values) {
        return numbers(EventQuery.ALL.where(EventQuery.Filter.containing(column, List.of(values))));
    }

    @Test
    @DisplayName("combines a hundred filters and a hundred contexts")
    void combines_many_filters() {
        write(events().add(one("a")).add(one("b")));
        EventQuery query = EventQuery.ALL.withContexts(
                Collections.nCopies(100, "iglu:com.gitlab/gitlab_standard/jsonschema/1-1-6"), null);
        for (int i = 0; i < 50; i++) {
            query = query.where(EventQuery.Filter.equal("app_id", List.of("a", "value " + i)))
                    .where(EventQuery.Filter.equal(
                            "contexts_com_gitlab_gitlab_standard_1.environment", List.of("second", "value " + i)));
        }

        assertThat(numbers(query)).containsExactly(1L);
    }

    @Test
    @DisplayName("filters by atomic fields and by fields of contexts and self-describing events, as text")
    void filters() {
        write(events().add(one("a"))
                .add(Map.of(
                        "e",
                        "se",
                        "se_ac",
                        "two",
                        "se_va",
                        "2.50",
                        "aid",
                        "b",
                        "co",
                        String.format(CONTEXT, "staging", 8)))
                .add(Map.of("e", "pv", "aid", "b", "vid", "3", "cookie", "1", "eid", id(7))));

        assertThat(where("aid")).isEmpty();
        assertThat(where("app_id", "b")).containsExactly(3L, 2L);
        assertThat(where("app_id", "a", "b")).containsExactly(3L, 2L, 1L);
        assertThat(where("app_id")).isEmpty();
        assertThat(where("se_value", "2")).containsExactly(1L);
        assertThat(where("se_value", "2.5")).containsExactly(2L);
        assertThat(where("se_value", "x")).isEmpty();
        assertThat(where("domain_sessionidx", "3")).containsExactly(3L);
        assertThat(where("br_cookies", "true")).containsExactly(3L);
        assertThat(where("event_id", id(7))).containsExactly(3L);
        assertThat(where("event_id", "no id")).isEmpty();
        assertThat(where("title", "one")).containsExactly(1L);
        assertThat(where("contexts_com_gitlab_gitlab_standard_1.environment", "production"))
                .containsExactly(1L);
        assertThat(where("contexts_com_gitlab_gitlab_standard_1.environment", "second"))
                .containsExactly(2L, 1L);
        assertThat(where("contexts_com_gitlab_gitlab_standard_1.user_id", "8")).containsExactly(2L);
        assertThat(where("contexts_com_gitlab_gitlab_standard_1.nothing", "8")).isEmpty();
        assertThat(numbers(EventQuery.ALL.where(EventQuery.Filter.containing("title", List.of("O")))))
                .containsExactly(2L, 1L);
        assertThat(numbers(EventQuery.ALL.withContexts(
                        List.of(
                                "iglu:com.gitlab/gitlab_standard/jsonschema/1-1-6",
                                "iglu:com.snowplowanalytics.snowplow/web_page/jsonschema/1-0-0"),
                        null)))
                .containsExactly(2L, 1L);
        assertThat(numbers(EventQuery.ALL.withContexts(
                        List.of(), "iglu:com.snowplowanalytics.snowplow/page_view/jsonschema/1-0-0")))
                .containsExactly(3L);
        assertThat(numbers(
                        EventQuery.ALL.withContexts(List.of("iglu:com.gitlab/gitlab_standard/jsonschema/1-1-5"), null)))
                .isEmpty();
    }

    @Test
    @DisplayName("sorts by any column; in descending order, events without a value come last")
    void sorts() {
        write(events().add(Map.of("e", "se", "se_va", "10", "aid", "b", "co", String.format(CONTEXT, "x", 5)))
                .add(Map.of("e", "se", "se_va", "9", "aid", "c"))
                .add(Map.of("e", "se", "aid", "a", "co", String.format(CONTEXT, "y", 6))));

        assertThat(numbers(EventQuery.ALL.sortedBy("se_value", DESCENDING))).containsExactly(1L, 2L, 3L);
        assertThat(numbers(EventQuery.ALL.sortedBy("se_value", ASCENDING))).containsExactly(3L, 2L, 1L);
        assertThat(numbers(EventQuery.ALL.sortedBy("app_id", ASCENDING))).containsExactly(3L, 1L, 2L);
        assertThat(numbers(EventQuery.ALL.sortedBy("collector_tstamp", DESCENDING)))
                .containsExactly(3L, 2L, 1L);
        assertThat(numbers(EventQuery.ALL.sortedBy("contexts_com_gitlab_gitlab_standard_1.user_id", DESCENDING)))
                .containsExactly(3L, 1L, 2L);
        assertThat(numbers(EventQuery.ALL.sortedBy("no_such_column", DESCENDING)))
                .containsExactly(3L, 2L, 1L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'",
                "\"",
                "\"; DROP TABLE event; --",
                "' OR '1'='1",
                "1) OR (1=1",
                "event_id\" = event_id OR \"app_id",
                "$.\"x\"",
                "contexts_com_gitlab_gitlab_standard_1.a\"]') OR 1=1 --",
                "number",
                "valid",
                "frame",
                "(SELECT 1)",
                "\\",
                "\u0000",
                "%",
                "contexts_com_gitlab_gitlab_standard_1."
            })
    @DisplayName("never interprets input as SQL")
    void is_not_talked_into_anything(String typed) {
        write(events().add(Map.of("e", "se", "se_ac", "a", "aid", "app", "co", String.format(CONTEXT, "x", 1))));

        assertThat(where(typed, "x")).isEmpty();
        assertThat(where("app_id", typed)).isEmpty();
        assertThat(where("contexts_com_gitlab_gitlab_standard_1.environment", typed))
                .isEmpty();
        assertThat(numbers(EventQuery.ALL.sortedBy(typed, DESCENDING))).containsExactly(1L);
        assertThat(numbers(EventQuery.ALL.of(typed))).isEmpty();
        assertThat(numbers(EventQuery.ALL.withContexts(List.of(typed), null))).isEmpty();
        assertThat(numbers(EventQuery.ALL.withContexts(List.of(), typed))).isEmpty();
        assertThat(store.columnStats(List.of(typed), null).get(typed).filterable())
                .isFalse();
        assertThat(store.columnStats(List.of("app_id"), typed).get("app_id").values())
                .isEmpty();
        assertThat(store.timeline(
                        List.of(new EventStore.Bucket(Events.START, Events.START.plusSeconds(9))),
                        EventQuery.ALL.of(typed)))
                .extracting(EventStore.Point::good)
                .containsExactly(0L);
        assertThat(store.columns(typed)).isEmpty();
        store.reset(typed);
        assertThat(store.summary(null).total()).isEqualTo(1);
    }

    @Test
    @DisplayName("returns its columns, their values, and a timeline")
    void knows_columns() {
        write(events().add(one("b"))
                .add(Map.of("e", "se", "se_ac", "two", "se_va", "2.5", "aid", "b"))
                .add(Map.of("e", "se", "se_ac", "two", "se_va", "x", "aid", "a")));

        List<String> columns = store.columns(null);
        assertThat(columns).startsWith("app_id");
        assertThat(columns)
                .contains(
                        "se_action",
                        "event_name",
                        "contexts_com_gitlab_gitlab_standard_1.environment",
                        "contexts_com_snowplowanalytics_snowplow_web_page_1.id")
                .doesNotContain("page_title", "number", "valid");
        Map<String, EventStore.ColumnStats> stats = store.columnStats(
                List.of("app_id", "se_value", "contexts_com_gitlab_gitlab_standard_1.environment", "nope"), null);
        assertThat(stats.get("app_id")).isEqualTo(new EventStore.ColumnStats(true, true, List.of("b", "a")));
        assertThat(stats.get("se_value").values()).containsExactly("2", "2.5");
        assertThat(stats.get("contexts_com_gitlab_gitlab_standard_1.environment")
                        .values())
                .contains("production");
        assertThat(stats.get("nope")).isEqualTo(new EventStore.ColumnStats(false, false, List.of()));
        assertThat(points(EventQuery.ALL)).containsExactly("1+0", "1+1", "0+0");
        assertThat(numbers(EventQuery.ALL.between(Events.START.plusSeconds(1), Events.START.plusSeconds(2))))
                .containsExactly(2L);
    }

    @Test
    @DisplayName("counts over time what a query matches")
    void timeline_of_a_query() {
        String environment = "contexts_com_gitlab_gitlab_standard_1.environment";
        write(events().add(one("b"))
                .add(Map.of("e", "se", "se_ac", "two", "se_va", "2.5", "aid", "b"))
                .add(Map.of("e", "se", "se_ac", "two", "se_va", "x", "aid", "a")));

        assertThat(points(EventQuery.ALL.good(true))).containsExactly("1+0", "1+0", "0+0");
        assertThat(points(EventQuery.ALL.good(false))).containsExactly("0+0", "0+1", "0+0");
        assertThat(points(having("app_id", "b"))).containsExactly("1+0", "1+0", "0+0");
        assertThat(points(having("app_id", "b").of("a"))).containsExactly("0+0", "0+0", "0+0");
        assertThat(points(EventQuery.ALL.where(EventQuery.Filter.containing("title", List.of("WO")))))
                .containsExactly("0+0", "1+1", "0+0");
        assertThat(points(having(environment, "production"))).containsExactly("1+0", "0+0", "0+0");
        assertThat(points(having("se_value", "2.5"))).containsExactly("0+0", "1+0", "0+0");
        assertThat(points(having("page_title", "?"))).containsExactly("0+0", "0+0", "0+0");
        assertThat(points(EventQuery.ALL.between(Events.START.plusSeconds(2), null)))
                .containsExactly("0+0", "0+1", "0+0");
        assertThat(points(EventQuery.ALL.between(null, Events.START.plusSeconds(2))))
                .containsExactly("1+0", "1+0", "0+0");
        assertThat(points(EventQuery.ALL.after(2))).containsExactly("0+0", "0+1", "0+0");
    }

    private static EventQuery having(String column, String value) {
        return EventQuery.ALL.where(EventQuery.Filter.equal(column, List.of(value)));
    }

    /**
     * Returns the number of good and failed events in the first second, the rest of the minute, and 30 seconds more.
     */
    private List<String> points(EventQuery query) {
        Instant second = Events.START.plusSeconds(1);
        Instant minute = Events.START.plusSeconds(60);
        return store
                .timeline(
                        List.of(
                                new EventStore.Bucket(Events.START, second),
                                new EventStore.Bucket(second, minute),
                                new EventStore.Bucket(minute, minute.plusSeconds(30))),
                        query)
                .stream()
                .map(point -> point.good() + "+" + point.bad())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1e308", "-1e308", "1e-300", "-0", "0", "12345678901234567890123456789012345678901234567890"})
    @DisplayName("returns the values of columns, for any value")
    void no_value_makes_statistics_fail(String value) {
        write(events().add(Map.of("e", "se", "se_ca", "c", "se_ac", "a", "se_va", value))
                .add(Map.of("e", "se", "se_ca", "c", "se_ac", "b", "se_va", "2.50")));

        Map<String, EventStore.ColumnStats> stats = store.columnStats(List.of("se_value", "se_action"), null);

        assertThat(stats.get("se_action").values()).containsExactlyInAnyOrder("a", "b");
        assertThat(stats.get("se_value").values()).hasSize(2).anyMatch(one -> one.startsWith("2.5"));
        // Filtering by each listed value finds its event.
        for (String shown : stats.get("se_value").values()) {
            EventQuery query = EventQuery.ALL.where(EventQuery.Filter.equal("se_value", List.of(shown)));
            assertThat(store.count(query)).as(shown).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("leaves long values out of the values of columns")
    void long_values_are_no_statistics() {
        write(events().add(Map.of("e", "pv", "page", "x".repeat(EventStore.MAX_VALUE_CHARS)))
                .add(Map.of("e", "pv", "page", "x".repeat(EventStore.MAX_VALUE_CHARS + 1)))
                .add(Map.of("e", "pv", "co", String.format(CONTEXT, "c", 1)))
                .add(Map.of(
                        "e",
                        "pv",
                        "co",
                        String.format(CONTEXT, "c", 2).replace("[1,2]", "\"" + "z".repeat(900) + "\""))));

        String extra = "contexts_com_gitlab_gitlab_standard_1.extra";
        Map<String, EventStore.ColumnStats> stats = store.columnStats(List.of("page_title", extra), null);

        assertThat(stats.get("page_title").values()).containsExactly("x".repeat(EventStore.MAX_VALUE_CHARS));
        assertThat(stats.get(extra).values()).containsExactly("{\"a\":[1,2]}");
    }

    @Test
    @DisplayName("continues from a number")
    void goes_on_from_a_number() {
        write(events().add(Map.of("e", "pv")).add(Map.of("e", "se")).add(Map.of("e", "pv")));

        assertThat(store.find(EventQuery.ALL.before(3), 0, 10))
                .extracting(StoredEvent::number)
                .containsExactly(2L, 1L);
        assertThat(store.find(EventQuery.ALL.before(3).after(1), 0, 10))
                .extracting(StoredEvent::number)
                .containsExactly(2L);
        assertThat(store.count(EventQuery.ALL.before(3))).isEqualTo(2);
        assertThat(store.find(EventQuery.ALL.before(1), 0, 10)).isEmpty();
    }

    @Test
    @DisplayName("returns at least one event, even with little memory")
    void gives_one_event_at_least() {
        write(events().add(Map.of("e", "pv", "page", "x".repeat(10_000))).add(Map.of("e", "pv")));

        assertThat(store.find(EventQuery.ALL, 1, 10, 1)).hasSize(1);
        assertThat(store.find(EventQuery.ALL, 0, 10, 1 << 20)).hasSize(2);
    }

    @Test
    @DisplayName("separates test sessions by label and by app id, and removes a single one")
    void keeps_sessions_apart() {
        write(events().add(Events.START, "one", Map.of("e", "pv", "eid", id(1)))
                .add(Events.START, "two", Map.of("e", "pv", "eid", id(1), "page", "other"))
                .add(Events.START, null, Map.of("e", "nonsense", "aid", "one"))
                .add(Events.START, null, Map.of("e", "pv", "aid", "three")));

        assertThat(store.summary("one")).isEqualTo(new EventStore.Summary(1, 1, 4, 0, 0));
        assertThat(numbers(EventQuery.ALL.of("one"))).containsExactly(3L, 1L);
        assertThat(store.withId(UUID.fromString(id(1)), "two"))
                .extracting(StoredEvent::number)
                .containsExactly(2L);
        assertThat(store.withId(UUID.fromString(id(1)), null)).hasSize(2);
        assertThat(store.columns("three")).contains("app_id").doesNotContain("page_title");
        assertThat(store.withNumber(2).orElseThrow().session()).isEqualTo("two");

        assertThat(store.reset("one").total()).isZero();
        assertThat(numbers(EventQuery.ALL)).containsExactly(4L, 2L);
        assertThat(store.reset(null)).isEqualTo(new EventStore.Summary(0, 0, 4, 0, 2));
        assertThat(numbers(EventQuery.ALL)).isEmpty();
        assertThat(store.columns(null)).isEmpty();
        assertThat(store.known(List.of(UUID.fromString(id(1))))).isEmpty();
    }

    @Test
    @DisplayName("returns the keys of its events, good and failed")
    void knows_keys() {
        Events events = events().add(Map.of("e", "pv", "eid", id(1)))
                .add(Map.of("e", "pv", "eid", id(1), "page", "other"))
                .add(Map.of("e", "nonsense", "eid", id(2)))
                .add(Map.of("e", "pv"));
        write(events);

        List<Object> keys = new ArrayList<>();
        for (StoredEvent event : events.events()) {
            EventKey key = event.event().key();
            if (key != null) {
                keys.add(List.of(event.number(), key, event.isGood()));
            }
        }
        assertThat(keys).hasSize(4);
        UUID derived = UUID.fromString(events.events().get(3).event().atomic().text("event_id"));
        assertThat(store.known(
                        List.of(UUID.fromString(id(1)), UUID.fromString(id(2)), UUID.fromString(id(3)), derived)))
                .extracting(key -> (Object) List.of(key.number(), key.key(), key.isGood()))
                .containsExactlyInAnyOrderElementsOf(keys);
        assertThat(store.known(List.of())).isEmpty();
    }

    @Test
    @DisplayName("replaces a failed event by a good one")
    void replaces() {
        Events events = events().add(Map.of("e", "nonsense", "eid", id(1), "se_ac", "x"))
                .add(Map.of("e", "pv"))
                .add(Map.of("e", "nonsense"));
        write(events);
        assertThat(store.frame(1)).isPresent();
        assertThat(store.frame(2)).isEmpty();

        StoredEvent good = new Events(0)
                .add(Map.of("e", "pv", "eid", id(1), "page", "a title", "co", String.format(CONTEXT, "new", 1)))
                .events()
                .get(0);
        store.replace(good);

        assertThat(store.summary(null)).isEqualTo(new EventStore.Summary(2, 1, 3, 0, 0));
        assertThat(store.withNumber(1).orElseThrow().event().atomic())
                .isEqualTo(good.event().atomic());
        StoredEvent failed =
                new Events(2).add(Map.of("e", "still nonsense")).events().get(0);
        store.replace(failed);
        assertThat(((FailedEvent) store.withNumber(3).orElseThrow().event())
                        .failures()
                        .get(0)
                        .message())
                .contains("still nonsense");
        assertThat(store.frame(3)).isPresent();
    }

    @Test
    @DisplayName("removes events older than the retention")
    void forgets_old_events() {
        write(events().add(Events.START.minusSeconds(7200), null, Map.of("e", "nonsense"))
                .add(Events.START, null, Map.of("e", "pv")));

        store.retain(Retention.DEFAULT, Ages.at(Events.START));
        assertThat(store.summary(null).total()).isEqualTo(2);
        store.retain(
                new Retention(Duration.ofHours(1), 0, Duration.ofMinutes(1)), Ages.at(Events.START.plusSeconds(30)));

        assertThat(numbers(EventQuery.ALL)).containsExactly(2L);
        assertThat(store.summary(null)).isEqualTo(new EventStore.Summary(1, 0, 2, 1, 0));
        assertThat(store.frame(1)).isEqualTo(Optional.empty());
    }

    @Test
    @DisplayName("keeps old events beyond the greatest number that may be removed")
    void keeps_events_that_may_not_be_removed() {
        write(events().add(Events.START.minusSeconds(7200), null, Map.of("e", "pv"))
                .add(Events.START.minusSeconds(7100), null, Map.of("e", "pv"))
                .add(Events.START, null, Map.of("e", "pv")));
        Retention hour = new Retention(Duration.ofHours(1), 0, Duration.ofMinutes(1));

        store.retain(hour, Ages.at(Events.START).upTo(0));
        assertThat(numbers(EventQuery.ALL.oldestFirst())).containsExactly(1L, 2L, 3L);
        store.retain(hour, Ages.at(Events.START).upTo(1));
        assertThat(numbers(EventQuery.ALL.oldestFirst())).containsExactly(2L, 3L);
        store.retain(hour, Ages.at(Events.START));
        assertThat(numbers(EventQuery.ALL)).containsExactly(3L);
    }

    @Test
    @DisplayName("adds columns as needed, in any number of transactions")
    void takes_new_columns() {
        List<Events> all = new ArrayList<>();
        String[] parameters = {"page", "url", "refr", "tz", "lang", "fp", "duid", "tna", "cs", "uid"};
        for (int i = 0; i < parameters.length; i++) {
            Events events = new Events(all.size());
            Map<String, String> event = new HashMap<>(Map.of("e", "pv"));
            event.put(parameters[i], "value" + i);
            all.add(events.add(event));
            // A transaction may end before an event that needs a new column.
            write(events);
        }
        for (Events events : all) {
            StoredEvent given = events.events().get(0);
            assertThat(store.withNumber(given.number()).orElseThrow().event().atomic())
                    .isEqualTo(given.event().atomic());
        }
    }

    @Test
    @DisplayName("names the failed events of a person before it removes them, and removes nothing if that fails")
    void names_failed_events_before_they_are_removed() {
        Map<String, String> failed = Map.of("e", "se", "se_ca", "c", "se_ac", "a", "se_va", "ten", "uid", "70010001");
        write(events().add(Map.of("e", "pv", "uid", "70010001"))
                .add(failed)
                .add(Map.of("e", "pv", "uid", "80020002"))
                .add(Map.of("e", "nonsense", "uid", "80020002")));
        PersonRemoval removal =
                store.removal(new PersonMatch(new Persons(Set.of("70010001"), Set.of())), RawRequests.sealedBy(null));
        removal.find();

        assertThatThrownBy(() -> removal.remove(numbers -> {
                    throw new SinkException("no");
                }))
                .isInstanceOf(SinkException.class);

        assertThat(numbers(EventQuery.ALL)).containsExactly(4L, 3L, 2L, 1L);
        Set<Long> named = new HashSet<>();
        assertThat(removal.remove(named::addAll).events()).isEqualTo(2);
        assertThat(named).containsExactly(2L);
        assertThat(numbers(EventQuery.ALL)).containsExactly(4L, 3L);
    }

    Events events() {
        return new Events(0);
    }

    /** Writes all events, in as many transactions as needed. */
    void write(Events events) {
        do {
            store.write(events);
        } while (events.peek() != null);
    }

    List<Long> where(String column, String... values) {
        return numbers(EventQuery.ALL.where(EventQuery.Filter.equal(column, List.of(values))));
    }

    List<Long> numbers(EventQuery query) {
        List<Long> numbers =
                store.find(query, 0, 1000).stream().map(StoredEvent::number).toList();
        assertThat(store.count(query)).isEqualTo(numbers.size());
        return numbers;
    }

    static String id(int number) {
        return String.format("00000000-0000-4000-8000-%012d", number);
    }

    /** Returns the parameters of an event with action, value and context. */
    private static Map<String, String> one(String appId) {
        return Map.of(
                "e", "se", "se_ac", "one", "se_va", "2", "aid", appId, "co", String.format(CONTEXT, "production", 7));
    }
}
