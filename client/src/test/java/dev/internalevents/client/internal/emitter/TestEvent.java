package dev.internalevents.client.internal.emitter;

import dev.internalevents.protocol.JsonWriter;

/** An event with only a name and a given weight. */
record TestEvent(String name, long trackedAtNanos, int weight) implements OutgoingEvent {

    static TestEvent now(String name) {
        return new TestEvent(name, System.nanoTime(), 200);
    }

    static TestEvent heavy(String name, int weight) {
        return new TestEvent(name, System.nanoTime(), weight);
    }

    @Override
    public boolean isLargerThan(int bytes) {
        return weight > bytes;
    }

    @Override
    public void writeOpenTo(JsonWriter out, JsonWriter scratch) {
        out.beginObject();
        out.name("se_ac").string(name);
        if (weight > 200) {
            out.name("padding").string("x".repeat(weight - 200));
        }
    }
}
