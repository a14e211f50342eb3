package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.protocol.Json;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** SQL typed by people can read, but never change anything. */
@Tag("slow")
class PeoplesSqlTest {

    @TempDir
    Path folder;

    @AutoClose
    private final TestCollector collector = new TestCollector();

    @BeforeEach
    void start() throws Exception {
        collector.start(CollectorSettings.collector(folder).readYourWrites(true));
        collector.track("{\"e\":\"pv\"}", "{\"e\":\"nonsense\"}");
        collector.json("/micro/all");
    }

    /** A query that multiplies its text by sixteen at each of six levels. */
    private static final String DOUBLED = doubled(6);

    private static String doubled(int levels) {
        String sql = "SELECT 'x' x";
        for (int i = 0; i < levels; i++) {
            sql = "SELECT x" + "||x".repeat(15) + " x FROM (" + sql + ")";
        }
        return sql;
    }

    private static final String[] REFUSED = {
        "SELECT * FROM internal_events_batch('1')",
        "SELECT * FROM internal_events_batch(1)",
        "SELECT * FROM system.main.internal_events_batch('1')",
        "SELECT (SELECT count(*) FROM internal_events_batch('0123456789abcdef0123456789abcdef'))",
        "WITH x AS (SELECT * FROM internal_events_batch('1')) SELECT * FROM x",
        "SELECT * FROM events WHERE number IN (SELECT 1 FROM internal_events_batch('1'))",
        "SELECT * FROM events, LATERAL (SELECT * FROM internal_events_batch(event_id::VARCHAR))",
        "SELECT * FROM query('SELECT * FROM internal_events_batch(''1'')')",
        "SELECT * FROM query_table('event')",
        "DELETE FROM event",
        "UPDATE store SET last = 0",
        "INSERT INTO event(number) VALUES (1)",
        "DROP TABLE event",
        "DROP VIEW events",
        "CREATE TABLE x(i INTEGER)",
        "CREATE VIEW x AS SELECT 1",
        "CREATE MACRO x() AS 1",
        "ALTER TABLE event ADD COLUMN x INTEGER",
        "TRUNCATE event",
        "WITH x AS (DELETE FROM event RETURNING *) SELECT * FROM x",
        "WITH x AS (INSERT INTO event(number) VALUES (1) RETURNING *) SELECT * FROM x",
        "WITH x AS (UPDATE event SET number = 1 RETURNING *) SELECT * FROM x",
        "SELECT * FROM (DELETE FROM event RETURNING *)",
        "SELECT 1; DELETE FROM event",
        "SELECT 1; SELECT 2",
        "",
        ";",
        "COPY event TO '/tmp/x.csv'",
        "COPY event FROM '/tmp/x.csv'",
        "EXPORT DATABASE '/tmp/x'",
        "IMPORT DATABASE '/tmp/x'",
        "ATTACH '/tmp/x.duckdb'",
        "DETACH collected",
        "USE memory",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET memory_limit = '1MB'",
        "SET lock_configuration = false",
        "RESET memory_limit",
        "PRAGMA database_size",
        "PRAGMA enable_profiling",
        "CALL pragma_version()",
        "CHECKPOINT",
        "FORCE CHECKPOINT",
        "VACUUM",
        "ANALYZE",
        "BEGIN",
        "COMMIT",
        "ROLLBACK",
        "PREPARE x AS SELECT 1",
        "EXECUTE x",
        "SET VARIABLE x = 1",
        "SELECT getvariable('x')",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_csv_auto('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_blob('/etc/passwd')",
        "SELECT * FROM read_json('/etc/passwd')",
        "SELECT * FROM read_parquet('/etc/passwd')",
        "SELECT * FROM parquet_scan('/etc/passwd')",
        "SELECT * FROM parquet_metadata('/etc/passwd')",
        "SELECT * FROM sniff_csv('/etc/passwd')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM '/etc/passwd.csv'",
        "SELECT * FROM 'http://127.0.0.1/x.parquet'",
        "SELECT * FROM read_duckdb('x')",
        "SELECT * FROM checkpoint()",
        "SELECT * FROM force_checkpoint()",
        "SELECT * FROM checkpoint('collected')",
        "SELECT * FROM enable_logging()",
        "SELECT * FROM duckdb_settings()",
        "SELECT * FROM duckdb_secrets()",
        "SELECT * FROM duckdb_logs()",
        "SELECT * FROM pragma_storage_info('event')",
        "SELECT * FROM seq_scan('event')",
        "SELECT * FROM arrow_scan(1, 2, 3)",
        "SELECT * FROM test_all_types()",
        "SELECT current_setting('temp_directory')",
        "SELECT getenv('HOME')",
        "SELECT nextval('x')",
        "SELECT setseed(0.5)",
        "SELECT sleep_ms(60000)",
        "SELECT write_log('x')",
        "SELECT json_execute_serialized_sql('{}')",
        "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
        "EXPLAIN ANALYZE DELETE FROM event",
        "SELECT * FROM (PIVOT event ON number)",
        "SELECT \0",
        "SELECT json_contains(repeat('[',100000)||repeat(']',100000), '1')",
        "SELECT from_json('[1]', '[\"INT\"]')",
        "SELECT '[1]'::JSON::VARIANT IS NULL",
        "SELECT CAST('[1]' AS VARIANT) IS NULL",
        "SELECT array_length(range(100000000))",
        "SELECT length(repeat('x', 1500000))",
        "SELECT length(lpad('x', 1500000, 'y'))",
        "SELECT json_serialize_plan('SELECT 1', optimize:=true)",
        "SELECT json_serialize_plan('SELECT current_setting(''temp_directory'')', optimize:=true)",
        "SELECT json_serialize_sql('SELECT 1')",
        "SELECT json_deserialize_sql('{}')",
        "SELECT levenshtein(event, event) FROM events",
        "SELECT damerau_levenshtein(event, event) FROM events",
        "SELECT editdist3(event, event) FROM events",
        "SELECT jaro_winkler_similarity(event, event) FROM events",
        "SELECT json_pretty(parameters) FROM failed_events",
        "SELECT list_reduce(['x', 'y'], lambda a, b: a || a) FROM events",
        "SELECT list_transform([1, 2], lambda a: event) FROM events",
        "SELECT list_filter([event], lambda a: length(a || a || event) > 0) FROM events",
        "WITH RECURSIVE t(s) AS (SELECT 'a' UNION ALL SELECT s || s FROM t) SELECT max(length(s)) FROM t",
        "SELECT length(x) FROM (" + DOUBLED + ")",
        "WITH a AS (SELECT event || event || event || event x FROM events), b AS (SELECT x || x || x || x x FROM a),"
                + " c AS (SELECT x || x || x || x x FROM b) SELECT length(x) FROM c",
        "SELECT replace(event, 'e', '" + "y".repeat(100) + "') FROM events",
        "SELECT replace(event, 'e', event) FROM events",
        "SELECT regexp_replace(event, '.', '" + "\\0".repeat(40) + "', 'g') FROM events",
        "SELECT [event, [event, event], [event, event, event], [event, event, event, event], event, event]::VARCHAR"
                + " FROM events",
        "SELECT concat(" + "event, ".repeat(40) + "event) FROM events",
        "SELECT concat('" + "x".repeat(7_000) + "', event) FROM events",
        "SELECT * FROM events WHERE length(" + "event || ".repeat(20) + "event) > 0",
        "SELECT 1 ORDER BY " + "'a' || event || ".repeat(20) + "event",
        "SELECT list(event) OVER () FROM events",
        "SELECT string_agg(event, '') OVER (ORDER BY number) FROM events",
        "SELECT list_transform([1], lambda x: x) FROM events",
        "SELECT pg_sleep(1)",
        "SELECT stats(number) OVER () FROM events",
        "SELECT * FROM pg_catalog.pg_settings",
        "SELECT * FROM duckdb_databases",
        "SELECT * FROM pragma_database_list",
        "SELECT * FROM duckdb_logs",
        "SELECT * FROM event",
        "SELECT * FROM EVENT",
        "SELECT * FROM \"event\"",
        "SELECT * FROM main.event",
        "SELECT * FROM collected.main.event",
        "FROM event",
        "SELECT * FROM store, events",
        "SELECT (SELECT max(number) FROM event)",
        "SELECT * FROM events WHERE number IN (SELECT number FROM event)",
        "WITH x AS (SELECT * FROM event) SELECT * FROM x",
        "WITH event AS (SELECT * FROM event) SELECT * FROM event",
        "SELECT * FROM event, (WITH event AS (SELECT 1) SELECT * FROM event)",
        "DESCRIBE event",
        "SUMMARIZE event",
        "SELECT * FROM (DESCRIBE event)",
        "SELECT * FROM (SHOW TABLES)",
        "SELECT * FROM sqlite_master",
        "SELECT * FROM sqlite_schema",
        "SELECT * FROM information_schema.table_constraints",
        "SELECT * FROM evnt",
        "SELECT " + "(".repeat(5_000) + "1" + ")".repeat(5_000),
        "SELECT * FROM " + "(SELECT * FROM ".repeat(7_000) + "(SELECT 1)" + ")".repeat(7_000),
        "SELECT " + "[".repeat(9_000) + "]".repeat(9_000),
        "SELECT 1" + " UNION ALL SELECT 1".repeat(20_000),
        "not SQL at all",
        "SELECT * FROM nothing_of_this_name",
        "SELECT 1 WHERE",
    };

    @Test
    void what_changes_or_reaches_outside_is_refused_in_words_while_events_come_in_and_no_event_is_lost()
            throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Integer> sent = CompletableFuture.supplyAsync(() -> {
            int requests = 0;
            try {
                while (!done.get()) {
                    collector.track("{\"e\":\"pv\"}", "{\"e\":\"nonsense\"}");
                    requests++;
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            return requests;
        });
        for (String sql : REFUSED) {
            HttpResponse<String> answer = collector.post("/micro/sql", Json.write(Map.of("sql", sql)));
            assertThat(answer.statusCode()).as(sql + ": " + answer.body()).isEqualTo(400);
            assertThat(answer.body())
                    .as(sql)
                    .contains("\"error\":\"")
                    .doesNotContain("\\tat ", "java.", "dev.internalevents", "Exception")
                    .hasSizeGreaterThan(20);
        }
        done.set(true);
        int requests = sent.get() + 1;

        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(collector.json("/micro/all").toString())
                        .isEqualTo(
                                "{\"total\":" + 2 * requests + ",\"good\":" + requests + ",\"bad\":" + requests + "}"));
        assertThat(collector.get("/ready").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT list(range) FROM range(4000000)",
                "SELECT string_agg(range::VARCHAR, ',') FROM range(3000000)",
                "SELECT list(range), list(range), list(range), list(range) FROM range(1000000)",
                "SELECT {'a': list(range)} FROM range(5000000)"
            })
    void a_value_that_is_too_long_for_an_answer_is_cut(String sql) throws Exception {
        HttpResponse<String> answer = collector.post("/micro/sql", Json.write(Map.of("sql", sql)));

        assertThat(answer.statusCode()).as(answer.body().substring(0, 100)).isEqualTo(200);
        assertThat(answer.body().length()).isBetween(1_000_000, 40_000_000);
        assertThat(answer.body()).contains("use substr()").endsWith("\"truncated\":true}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT count(*) FROM events",
                "FROM events",
                "VALUES (1), (2)",
                "WITH x AS (SELECT number FROM events) SELECT * FROM x",
                "WITH RECURSIVE x(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM x WHERE i < 5) SELECT * FROM x",
                "SELECT 1 UNION SELECT 2",
                "SELECT unnest([1, 2, 3])",
                "SELECT * FROM range(3), generate_series(1, 2)",
                "SELECT * FROM events TABLESAMPLE 10%",
                "SELECT count(*) FILTER (WHERE event = 'page_view') OVER () FROM events QUALIFY row_number() OVER () = 1",
                "SELECT failures->0->>'step', j.key FROM failed_events, json_each(parameters) j",
                "SELECT (SELECT count(*) FROM range(3)), 1::JSON, CAST('2' AS BIGINT)",
                "SELECT app_id || ' ' || event || ' ' || coalesce(platform, '') || '-' || name_tracker FROM events",
                "SELECT concat_ws(', ', app_id, event, platform), [app_id, event], {'a': app_id, 'b': event} FROM events",
                "SELECT replace(event, '_', ' '), upper(left(event, 3)), regexp_replace(event, '_.*', '') FROM events",
                "SELECT string_agg(event, ', ' ORDER BY number), list(event), histogram(event) FROM events",
                "SELECT date_trunc('day', collector_tstamp) AS day, count(*), approx_count_distinct(user_id) FROM events GROUP BY 1",
                "SELECT event, quantile_cont(number, 0.9), max(number) - min(number) FROM events GROUP BY ALL ORDER BY 2 DESC",
                "SELECT event, lag(event) OVER (PARTITION BY app_id ORDER BY number) FROM events",
                "SELECT string_split(event, '_')[1], len(string_split(event, '_')) FROM events",
                "SELECT count(DISTINCT event), sum(CASE WHEN event = 'page_view' THEN 1 ELSE 0 END) FROM events",
                "SELECT strftime(collector_tstamp, '%Y-%m-%d'), extract(hour FROM collector_tstamp) FROM events",
                "SELECT CAST(number AS VARCHAR), number::VARCHAR || 'x', number % 2, -number, number ** 2 FROM events",
                "SELECT * FROM events WHERE event LIKE 'page%' AND event NOT IN ('a', 'b') AND number BETWEEN 1 AND 5",
                "SELECT COLUMNS('se_.*') FROM events",
                "SELECT * EXCLUDE (event), event AS other FROM events",
                "SELECT a.event || b.event FROM events a JOIN events b USING (number)",
                "SELECT list_filter([1, 2, 3], lambda x: x > 1)",
                "DESCRIBE events",
                "SUMMARIZE events",
                "SELECT view_name FROM duckdb_views()",
                "SELECT v.view_name FROM duckdb_views() AS v WHERE NOT internal",
                "SELECT column_name FROM information_schema.columns",
                "SELECT tables.table_name FROM information_schema.tables JOIN information_schema.columns USING (table_name)",
                "SELECT * FROM duckdb_columns()",
                "SELECT count(*) FROM duckdb_tables",
                "show tables",
                "SHOW ALL TABLES",
                "WITH names AS (SELECT view_name FROM duckdb_views()) SELECT e.number, n.view_name FROM events e, names n",
                "SELECT event FROM events AS event",
                "SELECT 'DELETE FROM event; -- ''' AS text -- and a comment",
                "SELECT '\\'"
            })
    void a_question_is_answered(String sql) throws Exception {
        HttpResponse<String> answer = collector.post("/micro/sql", Json.write(Map.of("sql", sql)));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private static final String HIDDEN_NAMES = "\"(event|store|progress|sqlite_master|pg_class|duckdb_tables)\"";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SHOW TABLES",
                "show all tables",
                "SELECT view_name FROM duckdb_views()",
                "SELECT DISTINCT table_name FROM duckdb_columns()",
                "SELECT table_name FROM information_schema.tables",
                "SELECT DISTINCT table_name FROM information_schema.columns",
                "SELECT DISTINCT table_name FROM INFORMATION_SCHEMA.COLUMNS c ORDER BY 1",
            })
    void lists_have_the_views_only(String sql) throws Exception {
        JsonNode rows =
                collector.json("/micro/sql", Json.write(Map.of("sql", sql))).path("rows");

        assertThat(rows.valueStream().map(row -> row.get(0).asString()))
                .contains("events", "failed_events")
                .allMatch(name -> name.equals("events") || name.equals("failed_events") || name.contains("_com_"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT * FROM duckdb_tables()", "SELECT * FROM duckdb_tables"})
    void there_are_no_tables(String sql) throws Exception {
        JsonNode answer = collector.json("/micro/sql", Json.write(Map.of("sql", sql)));

        assertThat(answer.path("rows")).isEmpty();
        assertThat(answer.path("columns").toString()).contains("table_name");
    }

    @ParameterizedTest
    @ValueSource(strings = {"evnt", "evnts", "failed_event", "stor", "sqlite_maste", "nothing_of_this_name"})
    void suggestions_are_of_views(String name) throws Exception {
        String error = collector
                .json("/micro/sql", Json.write(Map.of("sql", "SELECT * FROM " + name)))
                .path("error")
                .asString();

        assertThat(error)
                .contains("Table with name " + name + " does not exist")
                .containsAnyOf("Did you mean \"events", "Did you mean \"failed_events", "SHOW TABLES")
                .doesNotContainPattern(HIDDEN_NAMES)
                .doesNotContain("event or", "or event\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT * FROM event", "DESCRIBE event", "SELECT * FROM sqlite_master"})
    void a_hidden_table_is_answered_with_what_lists_the_views(String sql) throws Exception {
        assertThat(collector.post("/micro/sql", Json.write(Map.of("sql", sql))).body())
                .contains("is not allowed here; the views are events, failed_events and one for each schema:"
                        + " SHOW TABLES lists them");
    }
}
