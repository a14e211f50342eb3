package dev.internalevents.spring;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.delivery.WhenFull;
import dev.internalevents.client.settings.SettingsException;
import dev.internalevents.spool.Durability;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.util.unit.DataSize;

/**
 * Sets on a client's builder what the properties {@code internal-events.*} set beyond the variables of the environment.
 * What is not set keeps the builder's default. This is the one place where a property meets a method of the builder.
 */
final class BuilderProperties {

    private static final String PREFIX = "internal-events.";

    private final InternalEventsProperties properties;
    private final ObjectProvider<SslBundles> sslBundles;
    private final List<String> problems = new ArrayList<>();

    BuilderProperties(InternalEventsProperties properties, ObjectProvider<SslBundles> sslBundles) {
        this.properties = properties;
        this.sslBundles = sslBundles;
    }

    /** @throws SettingsException naming every property that is wrong */
    void applyTo(InternalEventsClient.Builder builder) {
        set("queue-capacity", properties.queueCapacity(), builder::queueCapacity);
        set("queue-bytes", properties.queueBytes(), size -> builder.queueBytes(size.toBytes()));
        set("max-request-bytes", properties.maxRequestBytes(), size -> builder.maxRequestBytes(bytes(size)));
        set("linger", properties.linger(), builder::linger);
        set("connect-timeout", properties.connectTimeout(), builder::connectTimeout);
        set("read-timeout", properties.readTimeout(), builder::readTimeout);
        set("close-timeout", properties.closeTimeout(), builder::closeTimeout);
        set("compression", properties.compression(), builder::compression);
        properties
                .headers()
                .forEach((name, value) -> set("headers." + name, value, text -> builder.header(name, text)));
        set("proxy", properties.proxy(), proxy -> builder.proxy(address(proxy)));
        set(
                "ssl.bundle",
                properties.ssl().bundle(),
                bundle -> builder.tls(sslBundles.getObject().getBundle(bundle).createSslContext()));
        set("outbox-bytes", properties.outboxBytes(), size -> builder.outboxBytes(size.toBytes()));
        set("outbox-durability", properties.outboxDurability(), kind -> builder.outboxDurability(durability(kind)));
        set("when-full", properties.whenFull(), action -> builder.whenFull(whenFull(action)));
        InternalEventsProperties.BackOff backOff = properties.backOff();
        if (backOff.first() != null || backOff.most() != null) {
            Duration first = backOff.first() == null ? InternalEventsClient.DEFAULT_FIRST_BACK_OFF : backOff.first();
            Duration most = backOff.most() == null ? InternalEventsClient.DEFAULT_MOST_BACK_OFF : backOff.most();
            set("back-off", first, wait -> builder.backOff(wait, most));
        }
        set("final-statuses", properties.finalStatuses(), builder::finalStatuses);
        InternalEventsProperties.SetAsideAfter setAside = properties.setAsideAfter();
        if (setAside.tries() != null || setAside.time() != null) {
            int tries = setAside.tries() == null ? InternalEventsClient.DEFAULT_SET_ASIDE_TRIES : setAside.tries();
            Duration time = setAside.time() == null ? InternalEventsClient.DEFAULT_SET_ASIDE_TIME : setAside.time();
            set("set-aside-after", tries, times -> builder.setAsideAfter(times, time));
        }
        if (isOn(properties.counting()) && !isOn(properties.definitions())) {
            problems.add(PREFIX + "counting: counts events by their definitions; set " + PREFIX
                    + "definitions to their folder, or remove " + PREFIX + "counting");
        }
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
    }

    /**
     * What {@code build()} refused, by the names of the properties.
     *
     * @param refused its message begins with the name of a method of the builder
     */
    static SettingsException named(IllegalArgumentException refused) {
        String message = String.valueOf(refused.getMessage());
        int colon = message.indexOf(':');
        boolean named = colon > 0 && message.substring(0, colon).chars().allMatch(Character::isLetter);
        String setting = named ? message.substring(0, colon) : "";
        String property = setting.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
        return new SettingsException(List.of(named ? PREFIX + property + message.substring(colon) : message), refused);
    }

    private <T> void set(String name, @Nullable T value, Consumer<T> setter) {
        if (value == null) {
            return;
        }
        try {
            setter.accept(value);
        } catch (RuntimeException e) {
            problems.add(PREFIX + name + ": " + e.getMessage());
        }
    }

    /** As the conditions of the auto-configuration see it: "false" switches off what another file sets. */
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
            throw new IllegalArgumentException(size + " is more than " + Integer.MAX_VALUE + " bytes");
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
            // Reported below, as anything else that is not a host and a port.
        }
        throw new IllegalArgumentException("expected a host and a port, such as proxy.example:3128");
    }
}
