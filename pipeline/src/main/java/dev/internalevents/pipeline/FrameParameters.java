package dev.internalevents.pipeline;

import dev.internalevents.protocol.TrackerPayload;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of an event in a frame, which become texts when they are first read: few who decode a good event read
 * them.
 */
final class FrameParameters {

    private final FrameInput in;
    /** Where each begins: its name, then its value. */
    private final int[] places;
    /** Those that were read: many fields may refer to one parameter. */
    private final @Nullable String[] values;

    /** @param in a reader whose index is behind the parameters */
    private FrameParameters(FrameInput in, int[] places) {
        this.in = in;
        this.places = places;
        this.values = new @Nullable String[places.length];
    }

    /** Reads the parameters that follow; null if the event has none because its request could not be split. */
    static @Nullable FrameParameters read(FrameInput in) {
        int count = in.count("parameters") - 1;
        if (count < 0) {
            return null;
        }
        int[] places = new int[count];
        for (int i = 0; i < count; i++) {
            places[i] = in.at();
            in.skipRequired();
            in.skipRequired();
        }
        return new FrameParameters(in.from(in.at()), places);
    }

    TrackerPayload payload() {
        long length = places.length == 0 ? 0 : in.at() - places[0];
        return TrackerPayload.built(length, this::texts);
    }

    private Map<String, String> texts() {
        Map<String, String> texts = new LinkedHashMap<>(2 * places.length);
        for (int i = 0; i < places.length; i++) {
            texts.put(in.from(places[i]).required(), value(i));
        }
        return texts;
    }

    /** Returns the value of the parameter with this position, from 0. */
    String value(long position) {
        if (position < 0 || position >= places.length) {
            throw in.malformed("with the text of parameter " + position + " of " + places.length);
        }
        int i = (int) position;
        String value = values[i];
        if (value == null) {
            FrameInput from = in.from(places[i]);
            from.skipRequired();
            value = from.required();
            values[i] = value;
        }
        return value;
    }
}
