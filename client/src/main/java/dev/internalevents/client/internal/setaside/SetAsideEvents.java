package dev.internalevents.client.internal.setaside;

import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.protocol.PayloadBody;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder {@code set-aside} in an outbox: one file a day, {@code 2026-11-26.jsonl}, with one event a line, readable
 * only by its owner. Files are deleted after 30 days, and take at most 64 MiB together. Several processes may use the
 * folder at once; safe for use by several threads. Every method except {@link #summary} blocks on the disk.
 */
public final class SetAsideEvents {

    /** The folder's name within the outbox. */
    public static final String FOLDER = "set-aside";

    private static final Logger LOG = LoggerFactory.getLogger(SetAsideEvents.class);
    private static final int KEPT_DAYS = 30;
    private static final long SAY_AGAIN_NANOS = 60_000_000_000L;

    private final SetAsideFolder folder;
    private final Clock clock;
    private final boolean isKeeper;
    private volatile @Nullable String summary;
    private volatile @Nullable String failure;
    private long failureSaidAt = System.nanoTime() - SAY_AGAIN_NANOS;
    private long count;
    private String last = "";
    private long seen = -1;

    /** @param outbox the outbox's folder; nothing is created in it before the first event */
    public SetAsideEvents(Path outbox) {
        this(outbox, Clock.systemUTC(), true);
    }

    SetAsideEvents(Path outbox, Clock clock) {
        this(outbox, clock, true);
    }

    private SetAsideEvents(Path outbox, Clock clock, boolean isKeeper) {
        this.folder = new SetAsideFolder(outbox.resolve(FOLDER));
        this.clock = clock;
        this.isKeeper = isKeeper;
        tick();
    }

    /** Returns an instance for reading: it never deletes old files. */
    public static SetAsideEvents toLookAt(Path outbox) {
        return new SetAsideEvents(outbox, Clock.systemUTC(), false);
    }

    // Adding

    /**
     * Stores the only event of a body.
     *
     * @return the file that contains it, once it is on the disk; null if it cannot be stored, which is logged
     */
    public @Nullable String add(PayloadBody event, String reason, int tries) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("at", clock.instant().truncatedTo(ChronoUnit.MILLIS).toString());
        line.put("reason", reason);
        line.put("tries", (long) tries);
        Map<Object, Object> members = new LinkedHashMap<>(event.event(0));
        members.remove("stm");
        line.put("event", members);
        String json = Json.write(line);
        boolean interrupted = Thread.interrupted();
        try {
            Path file = folder.append(today(), json);
            failure = null;
            noteAdded(String.valueOf(members.get("se_ac")), reason);
            return file.toString();
        } catch (IOException e) {
            failed("an event cannot be set aside in " + folder.path() + ": " + e);
            return null;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized void failed(String why) {
        failure = why;
        long now = System.nanoTime();
        if (now - failureSaidAt >= SAY_AGAIN_NANOS) {
            failureSaidAt = now;
            LOG.error(why);
        }
    }

    private synchronized void noteAdded(String name, String reason) {
        count++;
        last = "\"" + name + "\": " + reason;
        describe();
    }

    private LocalDate today() {
        return LocalDate.now(clock.withZone(ZoneOffset.UTC));
    }

    // Reading

    /**
     * Returns why the last event could not be set aside, or a description of the events that are set aside, as a
     * message; null if neither applies. Does not block: the result is as of the last {@link #tick}.
     */
    public @Nullable String summary() {
        String why = failure;
        return why == null ? summary : why;
    }

    /**
     * Deletes files older than 30 days, unless the instance is for reading, and rereads the folder if another process
     * changed it; call it regularly. A failure is reported in {@link #summary}.
     */
    public void tick() {
        try {
            look();
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            summary = folder.path() + " cannot be read: " + e;
        }
    }

    private synchronized void look() throws IOException {
        if (!folder.exists()) {
            count = 0;
            summary = null;
            return;
        }
        if (isKeeper) {
            for (Path file : folder.deleteBefore(today().minusDays(KEPT_DAYS))) {
                LOG.warn("{}: events that were set aside more than {} days ago are deleted", file, KEPT_DAYS);
            }
        }
        long now = folder.version();
        if (now != seen) {
            seen = now;
            refresh();
        }
    }

    private synchronized void refresh() throws IOException {
        count = 0;
        forEach(event -> {
            count++;
            last = "\"" + event.name() + "\": " + event.reason();
        });
        describe();
    }

    private void describe() {
        summary = count == 0
                ? null
                : count + " event(s) are set aside in " + folder.path() + ", the last is " + last
                        + "; send them again with: internal-events set-aside send "
                        + folder.path().getParent();
    }

    /**
     * Passes the events to a consumer, oldest first, one at a time; incomplete lines are left out.
     *
     * @throws IOException if a file cannot be read
     */
    public void forEach(Consumer<SetAsideEvent> consumer) throws IOException {
        folder.forEach(line -> {
            SetAsideEvent event = parse(line);
            if (event != null) {
                consumer.accept(event);
            }
        });
    }

    /**
     * Returns the events, oldest first; incomplete lines are left out.
     *
     * @throws IOException if a file cannot be read
     */
    public List<SetAsideEvent> read() throws IOException {
        List<SetAsideEvent> events = new ArrayList<>();
        forEach(events::add);
        return events;
    }

    private static @Nullable SetAsideEvent parse(String line) {
        try {
            if (Json.parse(line) instanceof Map<?, ?> map && map.get("event") instanceof Map<?, ?> event) {
                Map<String, Object> members = new HashMap<>();
                event.forEach((name, value) -> {
                    if (value != null) {
                        members.put(String.valueOf(name), value);
                    }
                });
                return new SetAsideEvent(
                        String.valueOf(map.get("at")),
                        String.valueOf(map.get("reason")),
                        map.get("tries") instanceof Long tries ? tries : 0,
                        members);
            }
        } catch (MalformedPayloadException e) {
            LOG.debug("a line is incomplete", e);
        }
        return null;
    }

    // Removing

    /**
     * Removes events that have since been delivered.
     *
     * @param ids the ids of the events
     * @throws IOException if a file cannot be written; its events are then still in it
     */
    public void remove(Set<String> ids) throws IOException {
        if (ids.isEmpty()) {
            return;
        }
        folder.removeIf(line -> isOneOf(line, ids));
        refresh();
    }

    private static boolean isOneOf(String line, Set<String> ids) {
        SetAsideEvent event = parse(line);
        return event != null && ids.contains(event.id());
    }
}
