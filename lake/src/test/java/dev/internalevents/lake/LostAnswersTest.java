package dev.internalevents.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.store.EventSink;
import dev.internalevents.store.EventSinks;
import dev.internalevents.store.Events;
import dev.internalevents.store.SinkException;
import dev.internalevents.store.SinkSettings;
import dev.internalevents.store.StoredEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Object stores and catalogs that fail in the middle of commits, behind a relay that cuts connections. */
@Tag("slow")
class LostAnswersTest {

    private static final UUID ID = UUID.fromString("0b6c7a52-3333-4222-8111-777788889999");

    @TempDir
    private static Path shared;

    private static S3Server s3;
    private static PostgresServer postgres;

    @TempDir
    private Path folder;

    private Relay relay;
    private JdbcCatalog behind;
    private RestServer rest;
    private String database;

    /** What fails. */
    enum Server {
        BUCKET,
        POSTGRESQL,
        REST
    }

    @BeforeAll
    static void start() throws Exception {
        s3 = S3Server.start(shared.resolve("objects"));
        postgres = PostgresServer.start(shared.resolve("postgres"));
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
        s3.close();
    }

    @BeforeEach
    void open() throws Exception {
        behind = RestCatalogSinkTest.catalog(folder);
        rest = RestServer.start(behind, null, 0);
        database = postgres.newDatabase();
    }

    @AfterEach
    void close() throws Exception {
        relay.close();
        rest.close();
        behind.close();
    }

    private int port(Server server) {
        return switch (server) {
            case BUCKET -> s3.port();
            case POSTGRESQL -> postgres.port();
            case REST -> rest.port();
        };
    }

    private SinkSettings settings(Server server, int port) {
        return switch (server) {
            case BUCKET -> settings("s3://" + S3Server.BUCKET + "/" + folder.getFileName(), null, port);
            case POSTGRESQL ->
                settings(
                        folder.resolve("lake").toString(),
                        PostgresServer.catalog(port, database) + "&socketTimeout=3",
                        port);
            case REST -> settings(folder.resolve("lake").toString(), "rest:http://127.0.0.1:" + port, port);
        };
    }

    private static SinkSettings settings(String location, @Nullable String catalog, int port) {
        return new SinkSettings(
                location,
                catalog,
                SinkSettings.Format.ICEBERG,
                Duration.ofMinutes(1),
                1_000_000,
                location.startsWith("s3:") ? "http://127.0.0.1:" + port : null);
    }

    private static EventSink sink(SinkSettings settings, UUID id) {
        UUID process = UUID.nameUUIDFromBytes(new byte[] {1});
        EventSinks.Owner owner = new EventSinks.Owner(id, "host", "/data/" + id, process, Set.of());
        return EventSinks.find().open(settings, owner, key -> Optional.empty());
    }

    private static List<StoredEvent> events(int from, int through) {
        Events events = new Events(from - 1);
        for (int i = from; i <= through; i++) {
            events.add(Map.of("e", "se", "se_ca", "c" + i, "se_ac", "a", "aid", "app"));
        }
        return events.events();
    }

    /** Reads without the relay. */
    private List<Long> good(Server server) {
        try (LakeCatalog catalog = new IcebergSinks().catalog(settings(server, port(server)))) {
            return Tables.numbers(catalog.open(TableShape.GOOD_EVENTS));
        }
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    /** Returns whether a piece of a request is the step that makes a commit of the good events visible. */
    private static boolean isCommit(Server server, String piece) {
        return switch (server) {
            case BUCKET ->
                piece.startsWith("PUT ")
                        && piece.lines().findFirst().orElse("").matches(".*/good_events/metadata/v[0-9]+[.].*");
            case POSTGRESQL -> piece.contains("good_events") && piece.contains("00002-");
            case REST -> piece.startsWith("POST ") && piece.contains("/tables/good_events");
        };
    }

    @ParameterizedTest
    @EnumSource
    void a_commit_whose_answer_is_lost_is_recognised_and_its_files_stay(Server server) throws Exception {
        relay = Relay.to(port(server));
        try (EventSink sink = sink(settings(server, relay.port()), ID)) {
            sink.write(events(1, 4));
            sink.commit(4);
            AtomicBoolean isLost = new AtomicBoolean();
            AtomicBoolean isAsked = new AtomicBoolean();
            if (server == Server.POSTGRESQL) {
                // What the server says after an UPDATE of one row, which is committed then
                isAsked.set(true);
            } else {
                relay.requests(piece -> {
                    isAsked.compareAndSet(false, isCommit(server, piece));
                    return Relay.Fate.PASS;
                });
            }
            relay.answers(piece -> isAsked.get()
                            && (server != Server.POSTGRESQL || piece.contains("UPDATE 1\0"))
                            && isLost.compareAndSet(false, true)
                    ? Relay.Fate.CLOSE
                    : Relay.Fate.PASS);

            sink.write(events(5, 9));
            sink.commit(9);

            assertThat(isLost).isTrue();
            assertThat(good(server)).isEqualTo(upTo(9));
            sink.write(events(10, 11));
            sink.commit(11);
        }
        assertThat(good(server)).isEqualTo(upTo(11));
    }

    @ParameterizedTest
    @EnumSource
    void what_was_away_gets_every_event_once_when_it_is_back(Server server) throws Exception {
        relay = Relay.to(port(server));
        SinkSettings settings = settings(server, relay.port());
        EventSink cut = sink(settings, ID);
        cut.write(events(1, 4));
        cut.commit(4);
        relay.requests(piece -> Relay.Fate.CLOSE);
        assertThatThrownBy(() -> {
                    cut.write(events(5, 6));
                    cut.commit(6);
                })
                .isInstanceOf(SinkException.class)
                .hasMessageMatching("lake: the tables in .* cannot be written: (the catalog|bucket lake-bucket): .*");
        cut.close();
        assertThatThrownBy(() -> sink(settings, ID)).isInstanceOf(SinkException.class);
        relay.clear();

        try (EventSink sink = sink(settings, ID)) {
            assertThat(sink.place()).isEqualTo(4);
            sink.write(events(5, 7));
            sink.commit(7);
        }

        assertThat(good(server)).isEqualTo(upTo(7));
    }

    @ParameterizedTest
    @EnumSource
    void a_commit_of_which_every_answer_is_lost_is_found_by_the_next_opening(Server server) throws Exception {
        relay = Relay.to(port(server));
        SinkSettings settings = settings(server, relay.port());
        EventSink cut = sink(settings, ID);
        cut.write(events(1, 4));
        cut.commit(4);
        AtomicBoolean isCut = new AtomicBoolean();
        relay.requests(piece -> {
            boolean wasCut = isCut.get();
            isCut.compareAndSet(false, isCommit(server, piece));
            return wasCut ? Relay.Fate.CLOSE : Relay.Fate.PASS;
        });
        relay.answers(piece -> isCut.get() ? Relay.Fate.CLOSE : Relay.Fate.PASS);
        cut.write(events(5, 6));
        assertThatThrownBy(() -> cut.commit(6)).isInstanceOf(SinkException.class);
        cut.close();
        assertThat(isCut).isTrue();
        relay.clear();

        try (EventSink sink = sink(settings, ID)) {
            sink.write(events(5, 7));
            sink.commit(7);
        }

        assertThat(good(server)).isEqualTo(upTo(7));
    }

    @ParameterizedTest
    @EnumSource
    void two_collectors_that_commit_at_once_lose_and_double_nothing(Server server) throws Exception {
        relay = Relay.to(port(server));
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Callable<Boolean>> collectors = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                collectors.add(() -> {
                    try (EventSink sink = sink(settings(server, relay.port()), UUID.randomUUID())) {
                        for (int commit = 1; commit <= 8; commit++) {
                            sink.write(events(commit, commit));
                            sink.commit(commit);
                        }
                    }
                    return true;
                });
            }
            for (Future<Boolean> collector : threads.invokeAll(collectors)) {
                assertThat(collector.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(good(server))
                .isEqualTo(upTo(8).stream()
                        .flatMap(number -> Stream.of(number, number))
                        .toList());
    }
}
