package dev.internalevents.gateway.model;

/** Repeats the last line that is not blank: enough to try the gateway without a model. */
public final class EchoModel implements CodeModel {

    @Override
    public String engine() {
        return "echo";
    }

    @Override
    public String name() {
        return "echo";
    }

    @Override
    public String complete(String before, String after) {
        return "echo: "
                + before.lines()
                        .filter(line -> !line.isBlank())
                        .reduce((first, last) -> last)
                        .orElse("")
                        .strip();
    }
}
