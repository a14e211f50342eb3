package dev.internalevents.spring;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.InternalEventsClientBuilder;
import dev.internalevents.client.delivery.WhenFull;
import dev.internalevents.client.settings.SettingsException;
import dev.internalevents.spool.Durability;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/**
 * Applies the properties {@code internal-events.*} that have no environment variable to a client's builder. Properties
 * that are not set keep the builder's defaults. This is the only place that maps properties to builder methods.
 */
final class BuilderProperties {

    private static final String PREFIX = "internal-events.";

    private static final Pattern BYTES = Pattern.compile("\\b[0-9]+\\b");

    private final InternalEventsProperties properties;
    private final ObjectProvider<SslBundles> sslBundles;
    private final List<String> problems = new ArrayList<>();

    /** Settings that are valid on their own. */
    private final List<Consumer<InternalEventsClientBuilder>> settings = new ArrayList<>();

    BuilderProperties(InternalEventsProperties properties, ObjectProvider<SslBundles> sslBundles) {
        this.properties = properties;
        this.sslBundles = sslBundles;
        read();
    }

    /**
     * Returns what is invalid, one sentence for each property.
     *
     * @param outbox the folder of the outbox; null if there is none
     */
    List<String> problems(@Nullable Path outbox) {
        List<String> all = new ArrayList<>(problems);
        InternalEventsClientBuilder together = InternalEventsClient.builder();
        settings.forEach(setting -> setting.accept(together));
        if (outbox != null) {
            together.outbox(outbox);
        }
        try {
            together.check();
        } catch (IllegalArgumentException e) {
            all.addAll(named(e).problems());
        }
        return all;
    }

    /** @throws SettingsException if any property is invalid; names all of them */
    void applyTo(InternalEventsClientBuilder builder) {
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
        settings.forEach(setting -> setting.accept(builder));
    }

    private void read() {
        set("queue-capacity", properties.queueCapacity(), InternalEventsClientBuilder::queueCapacity);
        setSize("queue-bytes", properties.queueBytes(), (builder, size) -> builder.queueBytes(size.toBytes()));
        setSize(
                "max-request-bytes",
                properties.maxRequestBytes(),
                (builder, size) -> builder.maxRequestBytes(bytes(size)));
        set("linger", properties.linger(), InternalEventsClientBuilder::linger);
        set("connect-timeout", properties.connectTimeout(), InternalEventsClientBuilder::connectTimeout);
        set("read-timeout", properties.readTimeout(), InternalEventsClientBuilder::readTimeout);
        set("close-timeout", properties.closeTimeout(), InternalEventsClientBuilder::closeTimeout);
        set("compression", properties.compression(), InternalEventsClientBuilder::compression);
        properties
                .headers()
                .forEach((name, value) -> set("headers." + name, value, (builder, text) -> builder.header(name, text)));
        set("proxy", properties.proxy(), (builder, proxy) -> builder.proxy(address(proxy)));
        set(
                "ssl.bundle",
                properties.ssl().bundle(),
                (builder, bundle) ->
                        builder.tls(sslBundles.getObject().getBundle(bundle).createSslContext()));
        setSize("outbox-bytes", properties.outboxBytes(), (builder, size) -> builder.outboxBytes(size.toBytes()));
        set(
                "outbox-durability",
                properties.outboxDurability(),
                (builder, kind) -> builder.outboxDurability(durability(kind)));
        set("when-full", properties.whenFull(), (builder, action) -> builder.whenFull(whenFull(action)));
        InternalEventsProperties.BackOff backOff = properties.backOff();
        if (backOff.first() != null || backOff.most() != null) {
            Duration first =
                    backOff.first() == null ? InternalEventsClientBuilder.DEFAULT_FIRST_BACK_OFF : backOff.first();
            Duration most = backOff.most() == null ? InternalEventsClientBuilder.DEFAULT_MOST_BACK_OFF : backOff.most();
            set("back-off", first, (builder, wait) -> builder.backOff(wait, most));
        }
        set("final-statuses", properties.finalStatuses(), InternalEventsClientBuilder::finalStatuses);
        InternalEventsProperties.SetAsideAfter setAside = properties.setAsideAfter();
        if (setAside.tries() != null || setAside.time() != null) {
            int tries =
                    setAside.tries() == null ? InternalEventsClientBuilder.DEFAULT_SET_ASIDE_TRIES : setAside.tries();
            Duration time =
                    setAside.time() == null ? InternalEventsClientBuilder.DEFAULT_SET_ASIDE_TIME : setAside.time();
            set("set-aside-after", tries, (builder, times) -> builder.setAsideAfter(times, time));
        }
        if (isOn(properties.counting()) && !isOn(properties.definitions())) {
            problems.add(PREFIX + "counting: counts events by their definitions; set " + PREFIX
                    + "definitions to their folder, or remove " + PREFIX + "counting");
        }
        if (StringUtils.hasText(properties.countingQueueDir())
                && (!isOn(properties.counting()) || "memory".equals(properties.counting()))) {
            problems.add(PREFIX + "counting-queue-dir: no events are queued for counting; set " + PREFIX
                    + "counting to a folder, redis://host:port or postgresql://host/database, or remove " + PREFIX
                    + "counting-queue-dir");
        }
        if (!properties.redisKeyOverrides().isEmpty()
                && !String.valueOf(properties.counting()).startsWith("redis")) {
            problems.add(PREFIX + "redis-key-overrides: counting is not in Redis; set " + PREFIX
                    + "counting to redis://host:port, or remove " + PREFIX + "redis-key-overrides");
        }
        for (String path : properties.middleware().skipPaths()) {
            if (!path.startsWith("/")) {
                problems.add(PREFIX + "middleware.skip-paths: \"" + path
                        + "\" does not start with a slash, so no request has this path; expected \"/" + path + "\"");
            }
        }
    }

    /**
     * Converts an error of {@code build()}, naming the property instead of the builder's method.
     *
     * @param refused its message starts with the name of a builder method
     */
    static SettingsException named(IllegalArgumentException refused) {
        String message = String.valueOf(refused.getMessage());
        int colon = message.indexOf(':');
        boolean named = colon > 0 && message.substring(0, colon).chars().allMatch(Character::isLetter);
        String setting = named ? message.substring(0, colon) : "";
        String property = setting.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
        return new SettingsException(List.of(named ? PREFIX + property + message.substring(colon) : message), refused);
    }

    /** Tries each setting on a builder of its own, so that an invalid one does not hide another. */
    private <T> void set(String name, @Nullable T value, BiConsumer<InternalEventsClientBuilder, T> setter) {
        if (value == null) {
            return;
        }
        try {
            InternalEventsClientBuilder alone = InternalEventsClient.builder();
            setter.accept(alone, value);
            alone.check();
            settings.add(builder -> setter.accept(builder, value));
        } catch (RuntimeException e) {
            problems.add(PREFIX + name + ": " + withoutName(name, String.valueOf(e.getMessage())));
        }
    }

    private void setSize(
            String name, @Nullable DataSize size, BiConsumer<InternalEventsClientBuilder, DataSize> setter) {
        int before = problems.size();
        set(name, size, setter);
        if (problems.size() > before) {
            problems.set(before, inUnits(problems.get(before)));
        }
    }

    /** Rewrites the byte counts in a message as sizes, the way they are written in a properties file. */
    static String inUnits(String problem) {
        return BYTES.matcher(problem)
                .replaceAll(bytes -> shown(Long.parseLong(bytes.group())))
                .replace("is not a whole number of", "is too small; expected")
                .replace("is not a whole number from", "is out of range; expected");
    }

    private static String shown(long bytes) {
        String[] units = {"B", "KB", "MB", "GB", "TB"};
        int unit = 0;
        long number = bytes;
        while (number != 0 && number % 1024 == 0 && unit < units.length - 1) {
            number /= 1024;
            unit++;
        }
        return number + units[unit];
    }

    /** Removes the builder's method name from the start of a message: it is the property's name in camel case. */
    private static String withoutName(String property, String message) {
        String start = camelCase(property) + ": ";
        return message.startsWith(start) ? message.substring(start.length()) : message;
    }

    private static String camelCase(String property) {
        return Pattern.compile("-([a-z])")
                .matcher(property)
                .replaceAll(letter -> letter.group(1).toUpperCase(Locale.ROOT));
    }

    /** Treats the value as the auto-configuration's conditions do: "false" switches off what another file sets. */
    private static boolean isOn(@Nullable String place) {
        return place != null && !place.isBlank() && !place.equalsIgnoreCase("false");
    }

    private WhenFull whenFull(InternalEventsProperties.WhenFullAction action) {
        Duration block = properties.blockTimeout();
        String folder = properties.spillDir();
        return switch (action) {
            case DROP_NEWEST -> WhenFull.dropNewest();
            case DROP_OLDEST -> WhenFull.dropOldest();
            case BLOCK -> WhenFull.block(needed(block, "block", "block-timeout"));
            case SPILL -> WhenFull.spill(Path.of(needed(folder, "spill", "spill-dir")));
        };
    }

    private Durability durability(InternalEventsProperties.OutboxDurability kind) {
        return switch (kind) {
            case PROCESS -> Durability.process();
            case INTERVAL -> Durability.interval(needed(properties.outboxInterval(), "interval", "outbox-interval"));
            case DISK -> Durability.disk();
        };
    }

    private static <T> T needed(@Nullable T value, String choice, String property) {
        if (value == null) {
            throw new IllegalArgumentException("\"" + choice + "\" needs " + PREFIX + property + ", which is not set");
        }
        return value;
    }

    private static int bytes(DataSize size) {
        if (size.toBytes() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(size.toBytes() + " is out of range; expected 1000 to " + (1 << 30));
        }
        return (int) size.toBytes();
    }

    private static InetSocketAddress address(String proxy) {
        int colon = proxy.lastIndexOf(':');
        try {
            String host = proxy.substring(0, Math.max(colon, 0)).strip();
            if (!host.isEmpty() && host.indexOf('/') < 0 && host.indexOf('@') < 0) {
                return InetSocketAddress.createUnresolved(
                        host, Integer.parseInt(proxy.substring(colon + 1).strip()));
            }
        } catch (IllegalArgumentException e) {
            // Reported below, like any other value that is not a host and a port.
        }
        // There may be a password before the @.
        String shown = proxy.indexOf('@') < 0
                ? "\"" + proxy.replaceAll("\\p{Cc}", "?") + "\" is not a host and a port"
                : "a user and a password are set in code, by an InternalEventsClientCustomizer";
        throw new IllegalArgumentException(shown + "; expected for example proxy.example:3128");
    }
}
