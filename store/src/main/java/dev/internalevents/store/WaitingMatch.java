package dev.internalevents.store;

import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.EventKey;
import dev.internalevents.pipeline.PayloadFrame;
import dev.internalevents.pipeline.PersonMatch;
import dev.internalevents.protocol.MalformedPayloadException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The result of removing the events of some persons from a waiting request. Events that were already processed are
 * removed from it too if they could be about one of the persons.
 *
 * @param removed how many of the waiting events are removed
 * @param left the request with the other events; null if no waiting event is left
 * @param keys the keys of the waiting events that are removed
 */
public record WaitingMatch(int removed, @Nullable WaitingRequest left, List<ForgottenKey> keys) {

    public WaitingMatch {
        keys = List.copyOf(keys);
    }

    /** Matches a request. Returns null if it has no event of the persons, or was sealed with another key. */
    public static @Nullable WaitingMatch of(WaitingRequest request, PersonMatch persons, RawRequests requests) {
        CollectorPayload payload = opened(request.frame(), requests);
        List<PersonMatch.Found> found = payload == null ? List.of() : persons.in(payload);
        if (payload == null || found.isEmpty()) {
            return null;
        }
        Instant received = payload.context().timestamp();
        Set<Integer> indices = new HashSet<>();
        List<ForgottenKey> keys = new ArrayList<>();
        for (PersonMatch.Found one : found) {
            boolean waits = request.events().contains(one.index());
            if (waits && !one.isCertain()) {
                // It may still become a good event, and in good events only the fields for ids count.
                continue;
            }
            indices.add(one.index());
            if (waits) {
                EventKey key = one.key() == null ? EventKey.of(request.origin(), one.index()) : one.key();
                keys.add(new ForgottenKey(0, ForgottenKey.ofId(key.id()), ForgottenKey.ofKey(key), received));
            }
        }
        if (indices.isEmpty()) {
            return null;
        }
        List<Integer> events = request.events().stream()
                .filter(index -> !indices.contains(index))
                .toList();
        CollectorPayload left = events.isEmpty() ? null : PersonMatch.without(payload, indices);
        return new WaitingMatch(
                request.events().size() - (left == null ? 0 : events.size()),
                left == null
                        ? null
                        : new WaitingRequest(
                                request.origin(),
                                request.since(),
                                events,
                                requests.seal(frame(left, request.origin()))),
                keys);
    }

    private static byte[] frame(CollectorPayload payload, String origin) {
        return PayloadFrame.withOrigin(PayloadFrame.encode(payload), origin);
    }

    /** Decodes a stored request; null if it cannot be opened or read. */
    public static @Nullable CollectorPayload opened(byte[] stored, RawRequests requests) {
        byte[] frame = requests.open(stored);
        try {
            return frame == null ? null : PayloadFrame.decode(frame);
        } catch (MalformedPayloadException e) {
            return null;
        }
    }
}
