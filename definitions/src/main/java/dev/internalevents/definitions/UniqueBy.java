package dev.internalevents.definitions;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a rule counts the different values of: an identifier, or a built-in additional property. */
public enum UniqueBy implements Term {
    USER("user.id", Identifier.USER),
    PROJECT("project.id", Identifier.PROJECT),
    NAMESPACE("namespace.id", Identifier.NAMESPACE),
    LABEL("label", null),
    PROPERTY("property", null),
    VALUE("value", null);

    private final String term;
    private final @Nullable Identifier identifier;

    UniqueBy(String term, @Nullable Identifier identifier) {
        this.term = term;
        this.identifier = identifier;
    }

    @Override
    public String term() {
        return term;
    }

    /** Returns the name of the value in GitLab's counters: {@code user} for {@code user.id}, otherwise the term. */
    public String property() {
        return term.replace(".id", "");
    }

    /** Returns the identifier that an event must carry for this; empty for an additional property. */
    public Optional<Identifier> identifier() {
        return Optional.ofNullable(identifier);
    }
}
