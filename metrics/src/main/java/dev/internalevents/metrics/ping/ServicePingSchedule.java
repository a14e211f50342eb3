package dev.internalevents.metrics.ping;

import dev.internalevents.protocol.ForeignCode;
import dev.internalevents.protocol.Json;
import dev.internalevents.spool.OwnerOnly;
import dev.internalevents.spool.SetAside;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts a Service Ping once a week. If it is not accepted, it is retried after a minute, then with doubled delays of up
 * to six hours. The time of the last accepted ping is stored in a file, so that a restart neither sends one twice nor
 * skips one that was missed. A ping that could not be created or sent can be reported to the receiver.
 */
public final class ServicePingSchedule implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ServicePingSchedule.class);
    private static final Duration WEEK = Duration.ofDays(7);
    private static final Duration FIRST_RETRY = Duration.ofMinutes(1);
    private static final Duration LAST_RETRY = Duration.ofHours(6);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final long LOOK_NANOS = 30_000_000_000L;

    /** Errors are posted to this path next to the endpoint's, as GitLab's receiver expects. */
    private static final String ERRORS = "usage_ping_errors";

    private static final int MAX_MESSAGE = 1_000;

    /** Maximum bytes read of the file of the last ping; a longer text is not a time. */
    private static final int MAX_TIME = 100;

    private final Supplier<String> ping;
    private final @Nullable Installation installation;
    private final URI endpoint;
    private final Path lastSent;
    private final Clock clock;
    private final PingRequests requests;
    private final Thread thread;
    private Instant next;
    private Duration retry = FIRST_RETRY;
    private volatile boolean stopping;

    private ServicePingSchedule(
            Supplier<String> ping,
            @Nullable Installation installation,
            URI endpoint,
            Path lastSent,
            Clock clock,
            Duration timeout) {
        this.ping = ping;
        this.installation = installation;
        this.endpoint = endpoint;
        this.lastSent = lastSent;
        this.clock = clock;
        this.requests = new PingRequests(timeout);
        this.next = read(lastSent).plus(WEEK);
        this.thread = new Thread(this::run, "internal-events-service-ping");
        this.thread.setDaemon(true);
    }

    /**
     * Starts the schedule; sends the first ping at once if there was none within a week.
     *
     * @param ping creates the document, for example {@link ServicePing#json}
     * @param endpoint accepts it by POST, and answers 2xx
     * @param lastSent the file that stores the time of the last accepted ping
     */
    public static ServicePingSchedule start(Supplier<String> ping, URI endpoint, Path lastSent) {
        return started(new ServicePingSchedule(ping, null, endpoint, lastSent, Clock.systemUTC(), TIMEOUT));
    }

    /**
     * Starts the schedule of a ping whose failures are reported to the receiver: {@code POST usage_ping_errors}, next
     * to the endpoint, with {@code {"error": {"time", "uuid", "hostname", "version", "message", "elapsed"}}}; elapsed
     * is in seconds.
     *
     * @param endpoint accepts the ping by POST, and answers 2xx
     * @param lastSent the file that stores the time of the last accepted ping
     */
    public static ServicePingSchedule start(ServicePing ping, URI endpoint, Path lastSent) {
        return started(new ServicePingSchedule(
                ping::json, ping.installation(), endpoint, lastSent, Clock.systemUTC(), TIMEOUT));
    }

    private static ServicePingSchedule started(ServicePingSchedule schedule) {
        schedule.thread.start();
        return schedule;
    }

    /** Creates a schedule without a thread, for tests that call {@link #look} themselves. */
    static ServicePingSchedule idle(Supplier<String> ping, URI endpoint, Path lastSent, Clock clock) {
        return idle(ping, endpoint, lastSent, clock, TIMEOUT);
    }

    /** Creates the same, with a timeout for each request. */
    static ServicePingSchedule idle(Supplier<String> ping, URI endpoint, Path lastSent, Clock clock, Duration timeout) {
        return new ServicePingSchedule(ping, null, endpoint, lastSent, clock, timeout);
    }

    /** Creates the same, with reports of errors. */
    static ServicePingSchedule idle(
            Supplier<String> ping, Installation installation, URI endpoint, Path lastSent, Clock clock) {
        return new ServicePingSchedule(ping, installation, endpoint, lastSent, clock, TIMEOUT);
    }

    private void run() {
        while (!stopping) {
            look();
            // With the flag set, which the ping's code can leave behind, the thread would not wait.
            Thread.interrupted();
            if (!stopping) {
                LockSupport.parkNanos(this, LOOK_NANOS);
            }
        }
    }

    /** Sends a ping if one is due. */
    void look() {
        Instant now = clock.instant();
        if (next.isAfter(now.plus(WEEK))) {
            // The last ping was sent while the clock was ahead.
            next = now.plus(WEEK);
        }
        if (now.isBefore(next)) {
            return;
        }
        long begun = System.nanoTime();
        try {
            send();
            write(now);
            next = now.plus(WEEK);
            retry = FIRST_RETRY;
            LOG.info("the Service Ping was sent to {}", endpoint);
        } catch (Throwable e) {
            // Errors too, even one of an exhausted heap: the schedule must not end before it is closed.
            next = now.plus(retry);
            if (!stopping) {
                LOG.warn("the Service Ping could not be sent to {} and is retried in {}: {}", endpoint, retry, text(e));
                report(e, now, (System.nanoTime() - begun) / 1e9);
            }
            retry = retry.multipliedBy(2).compareTo(LAST_RETRY) < 0 ? retry.multipliedBy(2) : LAST_RETRY;
        }
    }

    /** Returns a failure's message, or its class if it has none or cannot return it. */
    private static String text(Throwable failure) {
        try {
            String message = failure.getMessage();
            if (message != null && !message.isBlank()) {
                return message;
            }
        } catch (Throwable e) {
            ForeignCode.caught(e);
        }
        return failure.getClass().getName();
    }

    /** Returns when the next ping is due. */
    Instant next() {
        return next;
    }

    private void send() throws IOException, InterruptedException {
        int status = requests.post(endpoint, ping.get());
        if (status / 100 != 2) {
            throw new IOException("it answered " + status);
        }
    }

    /** Reports a failure to the receiver, if it can be reached. */
    private void report(Throwable problem, Instant time, double seconds) {
        if (installation == null) {
            return;
        }
        String text = text(problem);
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("time", time.truncatedTo(ChronoUnit.MILLIS).toString());
        error.put("uuid", installation.uuid().toString());
        error.put("hostname", installation.hostname());
        error.put("version", installation.version());
        error.put("message", text.substring(0, Math.min(text.length(), MAX_MESSAGE)));
        error.put("elapsed", Math.round(seconds * 10) / 10.0);
        try {
            int status = requests.post(endpoint.resolve(ERRORS), Json.write(Map.of("error", error)));
            LOG.debug("the error was reported to {}, which answered {}", endpoint.resolve(ERRORS), status);
        } catch (Throwable e) {
            LOG.debug("the error could not be reported to {}", endpoint, e);
        }
    }

    private static Instant read(Path file) {
        try (InputStream content = Files.newInputStream(file)) {
            String text = new String(content.readNBytes(MAX_TIME), StandardCharsets.US_ASCII);
            Instant sent = Instant.parse(text.strip());
            // Throws for a time so far away that no week can be added to it.
            return sent.plus(WEEK).minus(WEEK);
        } catch (NoSuchFileException e) {
            return Instant.EPOCH;
        } catch (IOException | DateTimeException | ArithmeticException e) {
            String why = Files.isDirectory(file) ? "it is a folder" : String.valueOf(e);
            LOG.warn("{}: cannot be read ({}) and is renamed; a Service Ping is sent now", file, why);
            setAside(file);
            return Instant.EPOCH;
        }
    }

    private static void setAside(Path file) {
        try {
            SetAside.move(file);
        } catch (IOException e) {
            LOG.warn("{}: cannot be renamed ({}); move it away", file, e.toString());
        }
    }

    private void write(Instant sent) throws IOException {
        Path folder = lastSent.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Path fresh = lastSent.resolveSibling(lastSent.getFileName() + ".new");
        for (Path inTheWay : List.of(fresh, lastSent)) {
            if (Files.isDirectory(inTheWay)) {
                SetAside.move(inTheWay);
            }
        }
        Files.deleteIfExists(fresh);
        try (FileChannel channel = OwnerOnly.create(fresh)) {
            channel.write(StandardCharsets.US_ASCII.encode(sent + "\n"));
        }
        Files.move(fresh, lastSent, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Stops the schedule; cancels a ping that is in flight. */
    @Override
    public void close() {
        stopping = true;
        thread.interrupt();
    }
}
