package dev.internalevents.gateway.model;

/**
 * Repeats the last line that is not blank, so that the gateway can be tried without a model. Each word counts as a
 * token.
 */
public final class EchoModel implements LanguageModel {

    private static final String NAME = "echo";

    @Override
    public String engine() {
        return NAME;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String provider() {
        return NAME;
    }

    @Override
    public Completion complete(String before, String after) {
        String text = "echo: "
                + before.lines()
                        .filter(line -> !line.isBlank())
                        .reduce((first, last) -> last)
                        .orElse("")
                        .strip();
        return new Completion(text, new TokenUsage(words(before) + words(after), words(text), 0));
    }

    private static long words(String text) {
        return text.isBlank() ? 0 : text.strip().split("\\s+").length;
    }
}
