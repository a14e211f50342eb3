package dev.internalevents.pipeline;

import dev.internalevents.protocol.TrackerPayload;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What makes two arrivals the same event: the id that the sender gave, and a fingerprint of everything else it said
 * about the event. The time of sending is not part of it, because a retry carries a new one.
 *
 * @param id as it was sent
 * @param high of the fingerprint
 * @param low of the fingerprint
 */
public record EventKey(UUID id, long high, long low) {

    private static final ThreadLocal<MessageDigest> MD5 = ThreadLocal.withInitial(EventKey::md5);

    /** The key of an event; null for one that was sent without a usable id. */
    static @Nullable EventKey of(TrackerPayload event) {
        String id = event.get("eid");
        if (id == null || id.isEmpty() || !(AtomicType.UUID.parse(id) instanceof String canonical)) {
            return null;
        }
        MessageDigest digest = MD5.get();
        Map<String, String> parameters = event.parameters();
        String[] names = parameters.keySet().toArray(new String[0]);
        Arrays.sort(names);
        for (String name : names) {
            String value = parameters.get(name);
            if (value != null && !name.equals("stm") && !name.equals("eid")) {
                digest.update(name.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
                digest.update(value.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
        }
        ByteBuffer hash = ByteBuffer.wrap(digest.digest());
        return new EventKey(UUID.fromString(canonical), hash.getLong(), hash.getLong());
    }

    /** The fingerprint as the atomic field holds it: 32 hexadecimal digits. */
    public String fingerprint() {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has MD5", e);
        }
    }
}
