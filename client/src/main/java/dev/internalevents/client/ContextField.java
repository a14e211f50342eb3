package dev.internalevents.client;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of {@code gitlab_standard}, except its {@code extra}, in the order in which they are sent: the name of
 * each on the wire, the type of its value, and the limit of the schema. A value beyond the limit is cut or left out,
 * which is counted in {@link InternalEventsClient#cutValues()}.
 */
public enum ContextField {
    ENVIRONMENT("environment", Type.TEXT, 32),
    SOURCE("source", Type.TEXT, 32),
    REALM("realm", Set.of("saas", "self-managed", "dedicated")),
    INSTANCE_ID("instance_id", Type.ID, 255),
    UNIQUE_INSTANCE_ID("unique_instance_id", Type.ID, 255),
    HOST_NAME("host_name", Type.ID, 255),
    INSTANCE_VERSION("instance_version", Type.TEXT, 255),
    GLOBAL_USER_ID("global_user_id", Type.ID, 64),
    USER_ID("user_id", Type.USER, 255),
    USER_TYPE("user_type", Type.TEXT, 255),
    GITLAB_TEAM_MEMBER("is_gitlab_team_member", Type.FLAG),
    FEATURE_ENABLED_BY_NAMESPACE_IDS("feature_enabled_by_namespace_ids", Type.NUMBERS),
    FEATURE_ENABLEMENT_TYPE("feature_enablement_type", Type.TEXT, 64),
    ULTIMATE_PARENT_NAMESPACE_ID("ultimate_parent_namespace_id", Type.NUMBER),
    CLIENT_TYPE("client_type", Type.TEXT, 64),
    CLIENT_NAME("client_name", Type.TEXT, 64),
    CLIENT_VERSION("client_version", Type.TEXT, 64),
    CLIENT_INTERFACE("interface", Type.TEXT, 255),
    PROJECT_ID("project_id", Type.NUMBER),
    NAMESPACE_ID("namespace_id", Type.NUMBER),
    ORGANIZATION_ID("organization_id", Type.NUMBER),
    PLAN("plan", Type.TEXT, 32),
    FEATURE_CATEGORY("feature_category", Type.TEXT, 255),
    DEPLOYMENT_TYPE("deployment_type", Set.of(".com", "self-managed", "dedicated")),
    GOOGLE_ANALYTICS_ID("google_analytics_id", Type.ID, 32),
    INPUT_TOKENS("input_tokens", Type.NUMBER),
    OUTPUT_TOKENS("output_tokens", Type.NUMBER),
    TOTAL_TOKENS("total_tokens", Type.NUMBER),
    MODEL_ENGINE("model_engine", Type.TEXT, 64),
    MODEL_NAME("model_name", Type.TEXT, 64),
    MODEL_PROVIDER("model_provider", Type.TEXT, 64),
    CONTEXT_GENERATED_AT("context_generated_at", Type.TIME),
    CORRELATION_ID("correlation_id", Type.ID, 64);

    /** The type of a field's value. */
    public enum Type {

        /** A {@link String}; cut if it is too long. */
        TEXT,

        /** A {@link String} that identifies something; left out if it is too long, because a cut id is another id. */
        ID,

        /** One of a few {@link String}s; any other is left out. */
        CHOICE,

        /** The id of a user: a {@link Long}, or a {@link String} that is left out if it is too long. */
        USER,

        /** A {@link Long} from 0 to 2,147,483,647; any other is left out. */
        NUMBER,

        /** A {@link List} of such numbers; the first {@value ContextLimits#MAX_NUMBERS} are sent. */
        NUMBERS,

        /** A {@link Boolean}. */
        FLAG,

        /** An {@link Instant}, sent as ISO-8601. */
        TIME
    }

    /** Less than the length of any text. */
    private static final int NO_TEXT = -1;

    /** All fields; {@link #values()} would copy its array at each call. */
    static final List<ContextField> ALL = List.of(values());

    /** How many fields there are. */
    static final int COUNT = ALL.size();

    private final String wireName;
    private final Type type;

    /** Maximum characters of a text that may have any value; {@link #NO_TEXT} for other types. */
    private final int maxLength;

    @SuppressWarnings("ImmutableEnumChecker") // Created by Set.of.
    private final Set<String> choices;

    ContextField(String wireName, Type type) {
        this(wireName, type, NO_TEXT, Set.of());
    }

    ContextField(String wireName, Type type, int maxLength) {
        this(wireName, type, maxLength, Set.of());
    }

    ContextField(String wireName, Set<String> choices) {
        this(wireName, Type.CHOICE, NO_TEXT, choices);
    }

    ContextField(String wireName, Type type, int maxLength, Set<String> choices) {
        this.wireName = wireName;
        this.type = type;
        this.maxLength = maxLength;
        this.choices = choices;
    }

    /** Returns the name of the field in the schema: {@code project_id}. */
    public String wireName() {
        return wireName;
    }

    /** Returns the type of the field's value. */
    public Type type() {
        return type;
    }

    /**
     * Sets the field of a builder.
     *
     * @param value of the field's {@link #type()}; null removes it, except {@link #ENVIRONMENT}, which cannot be null
     * @throws ClassCastException if the value has another type
     */
    public void set(EventContextBuilder builder, @Nullable Object value) {
        builder.set(this, this == ENVIRONMENT ? Objects.requireNonNull(value, wireName) : value);
    }

    /** Returns the position of the field in {@link #ALL}, from 0. */
    int index() {
        return ordinal();
    }

    /**
     * Returns the value as it may be sent, or null if it is left out. One switch instead of a function for each field:
     * a call site that is linked for the first time when the thread's stack is nearly full can fail permanently.
     *
     * @param value of the field's type; for {@link #USER_ID}, any other object is counted as an invalid id
     */
    @SuppressWarnings("unchecked") // The type of each field is checked where it is set.
    @Nullable
    Object fitting(@Nullable Object value) {
        if (value == null || (value instanceof String text && text.length() <= maxLength)) {
            // Nearly every value.
            return value;
        }
        return switch (type) {
            case TEXT -> ContextLimits.text(wireName, (String) value, maxLength);
            case ID -> ContextLimits.id(wireName, (String) value, maxLength);
            case CHOICE -> ContextLimits.oneOf(wireName, (String) value, choices);
            case USER -> user(value);
            case NUMBER -> ContextLimits.number(wireName, (Long) value);
            case NUMBERS -> ContextLimits.numbers(wireName, (List<? extends @Nullable Long>) value);
            case FLAG -> (Boolean) value;
            case TIME -> (Instant) value;
        };
    }

    private @Nullable Object user(Object id) {
        if (id instanceof Long number) {
            return ContextLimits.user(number);
        } else if (id instanceof String text) {
            return ContextLimits.id(wireName, text, maxLength);
        }
        ContextLimits.noUser();
        return null;
    }
}
