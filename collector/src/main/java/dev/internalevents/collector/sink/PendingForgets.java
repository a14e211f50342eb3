package dev.internalevents.collector.sink;

import dev.internalevents.pipeline.Persons;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.spool.OwnerOnly;
import dev.internalevents.store.SinkException;
import dev.internalevents.store.SinkForget;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Requests to forget persons that a sink has not carried out yet, in the file {@code lake-forget} of the data folder,
 * one a line. It contains ids, so a line is removed once the sink has no such rows any more. Thread-safe.
 */
public final class PendingForgets {

    /** The name of the file. */
    public static final String FILE = "lake-forget";

    /** Beyond it, no request is accepted before the sink has carried out earlier ones. */
    static final int MAX_BYTES = 32 << 20;

    private final Path file;
    private final Map<Long, Pending> pending = new TreeMap<>();

    /**
     * A request.
     *
     * @param isOfThisProcess whether events of these persons may still wait to be written to the sink
     * @param mark what {@link dev.internalevents.store.SinkMaintenance#forget} returned; null before that
     * @param since when that was
     */
    record Pending(
            long number,
            SinkForget request,
            boolean isOfThisProcess,
            @Nullable String mark,
            @Nullable Instant since) {

        Pending removed(String by, Instant now) {
            return new Pending(number, request, isOfThisProcess, by, now);
        }

        Pending again() {
            return new Pending(number, request, isOfThisProcess, null, null);
        }
    }

    /** @throws SinkException if the file cannot be read; the message says what to do */
    public PendingForgets(Path data) {
        this.file = data.resolve(FILE);
        try {
            Files.deleteIfExists(written()); // A kill left it.
            for (String line : Files.readAllLines(file)) {
                Pending read = read(line, pending.size() + 1L);
                pending.put(read.number(), read);
            }
        } catch (NoSuchFileException e) {
            return; // There is none.
        } catch (IOException e) {
            throw new SinkException("lake: " + file + " cannot be read: " + e, e);
        }
    }

    private Pending read(String line, long number) {
        try {
            if (!(Json.parse(line) instanceof Map<?, ?> json)) {
                throw new IllegalArgumentException("not an object");
            }
            Set<Long> failed = new HashSet<>();
            for (Object one : (List<?>) required(json, "failed")) {
                failed.add(((Number) one).longValue());
            }
            Object since = json.get("since");
            return new Pending(
                    number,
                    new SinkForget(
                            UUID.fromString((String) required(json, "collector")),
                            ((Number) required(json, "through")).longValue(),
                            Instant.parse((String) required(json, "asked")),
                            new Persons(texts(required(json, "users")), texts(required(json, "globalUsers"))),
                            failed),
                    false,
                    (String) json.get("mark"),
                    since == null ? null : Instant.parse((String) since));
        } catch (MalformedPayloadException
                | IllegalArgumentException
                | ClassCastException
                | NullPointerException
                | DateTimeParseException e) {
            throw new SinkException("lake: " + file
                    + " is damaged, so the persons in it are not forgotten in the lake; delete the file,"
                    + " and run internal-events forget for them again");
        }
    }

    private static Object required(Map<?, ?> json, String name) {
        return Objects.requireNonNull(json.get(name), name);
    }

    private static Set<String> texts(Object list) {
        Set<String> texts = new HashSet<>();
        for (Object one : (List<?>) list) {
            texts.add((String) one);
        }
        return texts;
    }

    /**
     * Adds a request, which is on the disk when this returns.
     *
     * @throws SinkException if it cannot be written, or there are too many; nothing was added then
     */
    public synchronized void add(SinkForget request) {
        long number = pending.keySet().stream().mapToLong(Long::longValue).max().orElse(0) + 1;
        pending.put(number, new Pending(number, request, true, null, null));
        try {
            write();
        } catch (SinkException e) {
            pending.remove(number);
            throw e;
        }
    }

    /** Returns the requests, oldest first. */
    synchronized List<Pending> all() {
        return new ArrayList<>(pending.values());
    }

    /** Returns how many requests wait. */
    public synchronized int count() {
        return pending.size();
    }

    /** Records how far a request is. */
    synchronized void set(Pending changed) {
        pending.put(changed.number(), changed);
        write();
    }

    /** Removes a request that was carried out. */
    synchronized void done(Pending request) {
        pending.remove(request.number());
        write();
    }

    private Path written() {
        return file.resolveSibling(FILE + ".new");
    }

    private void write() {
        Path written = written();
        try {
            if (pending.isEmpty()) {
                Files.deleteIfExists(written);
                Files.deleteIfExists(file);
                return;
            }
            byte[] bytes = pending.values().stream()
                    .map(PendingForgets::line)
                    .collect(Collectors.joining())
                    .getBytes(StandardCharsets.UTF_8);
            if (bytes.length > MAX_BYTES) {
                throw new SinkException("lake: too many persons wait to be forgotten in the lake, " + pending.size()
                        + " requests; nothing was removed. Make the lake available, or name fewer persons");
            }
            try (FileChannel to = OwnerOnly.open(
                    written,
                    Set.of(
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.TRUNCATE_EXISTING))) {
                ByteBuffer left = ByteBuffer.wrap(bytes);
                while (left.hasRemaining()) {
                    to.write(left);
                }
                to.force(true);
            }
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            OwnerOnly.forceNames(Objects.requireNonNull(file.getParent()));
        } catch (IOException e) {
            throw new SinkException("lake: " + file + " cannot be written: " + e, e);
        }
    }

    private static String line(Pending one) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("collector", one.request().collector().toString());
        json.put("through", one.request().through());
        json.put("asked", one.request().asked().toString());
        json.put("users", List.copyOf(one.request().persons().userIds()));
        json.put("globalUsers", List.copyOf(one.request().persons().globalUserIds()));
        json.put("failed", List.copyOf(one.request().failed()));
        json.put("mark", one.mark());
        Instant since = one.since();
        json.put("since", since == null ? null : since.toString());
        return Json.write(json) + "\n";
    }
}
