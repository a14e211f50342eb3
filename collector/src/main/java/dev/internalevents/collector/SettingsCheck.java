package dev.internalevents.collector;

import dev.internalevents.collector.http.AllowedOrigins;
import dev.internalevents.collector.http.HostNames;
import dev.internalevents.collector.http.Origin;
import dev.internalevents.collector.intake.ClientAddress;
import dev.internalevents.collector.operation.Setting;
import dev.internalevents.store.EventSinks;
import dev.internalevents.store.SinkException;
import dev.internalevents.store.SinkSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks the settings of a collector, each alone and those that depend on each other. */
final class SettingsCheck {

    /** The beginning of an address; a drive of Windows has one letter. */
    private static final Pattern ADDRESS = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:/");

    private static final int MIN_TOKEN_LENGTH = 16;
    private static final int MAX_PORT = 65_535;

    private SettingsCheck() {}

    /** @throws IllegalArgumentException if a setting is invalid; the message names it and what is expected */
    static void of(CollectorSettingsBuilder settings) {
        Setting.check(
                settings.folder == null || !settings.folder.toString().isBlank(),
                "data: it is empty; expected a folder such as /var/lib/internal-events");
        Setting.check(
                settings.folder == null
                        || !ADDRESS.matcher(settings.folder.toString()).lookingAt(),
                "data: \"" + settings.folder
                        + "\" is an address, not a folder; expected a folder on a local disk, such as"
                        + " /var/lib/internal-events");
        Setting.check(
                settings.port >= 0 && settings.port <= MAX_PORT,
                "port: " + settings.port + " is not a port, 0 to 65535");
        Setting.check(
                settings.maxEvents >= 1, "max-events: " + settings.maxEvents + " is not a whole number of 1 or more");
        Setting.check(
                settings.requestsPerSecond >= 0,
                "requests-per-second: " + settings.requestsPerSecond + " is not a whole number of 0 or more");
        Setting.check(
                !settings.dedupWindow.isNegative(),
                "dedup-window: a time of less than 0 is not possible; expected for example 7d, or 0s for no window");
        checkTokens(settings);
        checkOrigins(settings);
        checkServicePingUrl(settings.servicePingUrl);
        Setting.check(
                settings.servicePingUrl == null || (settings.dictionary != null && settings.folder != null),
                "service-ping-url: it needs --definitions, and a data folder to store when the last ping was sent");
        Setting.check(
                settings.sink == null || settings.folder != null,
                "lake: it needs a data folder, from which events are read again after a failure");
        checkSink(settings.sink, settings.folder);
        new ClientAddress(settings.trustedProxies);
        Setting.check(
                HostNames.isLoopback(settings.host)
                        || settings.token != null
                        || settings.openId != null
                        || settings.openToAll,
                "host: " + settings.host + " can be reached by others, and events are personal data; set a token"
                        + " (INTERNAL_EVENTS_TOKEN) or a provider (--openid-issuer), or pass"
                        + " --open-to-all if everybody may see every event");
    }

    /** Returns a path without symbolic links, as far as it exists. */
    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            Path parent = path.getParent();
            Path name = path.getFileName();
            return parent == null || name == null ? path : real(parent).resolve(name);
        }
    }

    private static void checkSink(@Nullable SinkSettings sink, @Nullable Path folder) {
        if (sink != null && folder != null) {
            Path data = folder.toAbsolutePath().normalize();
            Path lake = sink.folder();
            Setting.check(
                    lake == null || !(lake.startsWith(data) || real(lake).startsWith(real(data))),
                    "lake: " + lake + (data.equals(lake) ? " is the data folder" : " is in the data folder " + data)
                            + ", which is the collector's own; expected another folder");
            try {
                EventSinks.find().check(sink);
            } catch (SinkException e) {
                throw new IllegalArgumentException(e.getMessage(), e);
            }
        }
    }

    private static void checkServicePingUrl(@Nullable URI url) {
        Setting.check(
                url == null || (Origin.of(url) != null && url.getPort() <= MAX_PORT),
                "service-ping-url: \"" + url + "\" is not an http or https URL with a host, and a port of at most "
                        + MAX_PORT);
    }

    private static void checkTokens(CollectorSettingsBuilder settings) {
        String token = settings.token;
        String readToken = settings.readToken;
        checkSecret("token", token);
        checkSecret("read-token", readToken);
        Setting.check(
                readToken == null || token != null || settings.openId != null,
                "read-token: it needs a token (INTERNAL_EVENTS_TOKEN) or a provider (--openid-issuer) for changes,"
                        + " because this token is read-only");
        Setting.check(
                readToken == null || !readToken.equals(token),
                "read-token: it is the same as the token; make another with: openssl rand -hex 32");
    }

    private static void checkSecret(String name, @Nullable String secret) {
        Setting.check(
                secret == null || secret.length() >= MIN_TOKEN_LENGTH,
                name + ": it has fewer than " + MIN_TOKEN_LENGTH + " characters; make one with: openssl rand -hex 32");
    }

    private static void checkOrigins(CollectorSettingsBuilder settings) {
        for (String name : settings.allowedHosts) {
            Setting.check(
                    HostNames.parse(name) != null,
                    "allow-host: \"" + name + "\" is not a host name; expected a name such as micro, without scheme"
                            + " and port. --open-to-all answers under every name");
        }
        try {
            new AllowedOrigins(settings.allowedOrigins);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("allow-origin: " + e.getMessage(), e);
        }
        Setting.check(
                settings.publicUrl == null || Origin.of(settings.publicUrl) != null,
                "public-url: \"" + settings.publicUrl + "\" is not an http or https address");
    }
}
