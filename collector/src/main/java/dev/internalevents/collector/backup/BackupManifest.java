package dev.internalevents.collector.backup;

import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.spool.Place;
import dev.internalevents.store.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * The first entry of a backup: describes what it is a copy of.
 *
 * @param time when the copy was made
 * @param progress the position in the spool up to which the store has everything
 * @param lastEvent the number of the newest event; 0 if there never was one
 * @param events the number of good and failed events in the store
 * @param waitingRequests the number of requests in the spool after the position, plus those that wait for a schema
 */
public record BackupManifest(Instant time, Progress progress, long lastEvent, long events, long waitingRequests) {

    /** The format that this version writes and reads: {@value}. */
    static final int FORMAT = 1;

    byte[] json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("format", FORMAT);
        json.put("time", time.toString());
        json.put("spool", progress.place().spool().toString());
        json.put("segment", progress.place().segment());
        json.put("offset", progress.place().offset());
        json.put("eventsStored", progress.events());
        json.put("lastEvent", lastEvent);
        json.put("events", events);
        json.put("waitingRequests", waitingRequests);
        return Json.write(json).getBytes(StandardCharsets.UTF_8);
    }

    /** @throws IOException if the text is not a manifest of this format; the message says what is wrong */
    static BackupManifest parse(byte[] json) throws IOException {
        try {
            if (!(Json.parse(json) instanceof Map<?, ?> map)) {
                throw new IOException("its " + BackupNames.MANIFEST + " is not a JSON object");
            }
            long format = number(map, "format");
            if (format != FORMAT) {
                throw new IOException("its format is " + format + "; this version of internal-events reads " + FORMAT);
            }
            return new BackupManifest(
                    Instant.parse(String.valueOf(map.get("time"))),
                    new Progress(
                            new Place(UUID.fromString(String.valueOf(map.get("spool"))), number(map, "segment"), (int)
                                    number(map, "offset")),
                            (int) number(map, "eventsStored")),
                    number(map, "lastEvent"),
                    number(map, "events"),
                    number(map, "waitingRequests"));
        } catch (MalformedPayloadException | IllegalArgumentException | DateTimeException e) {
            throw new IOException("its " + BackupNames.MANIFEST + " cannot be read: " + e.getMessage(), e);
        }
    }

    static long number(Map<?, ?> map, String name) {
        if (map.get(name) instanceof Long number) {
            return number;
        }
        throw new IllegalArgumentException("\"" + name + "\" is not a whole number");
    }
}
