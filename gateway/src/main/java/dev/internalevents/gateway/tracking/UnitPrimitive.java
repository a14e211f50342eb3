package dev.internalevents.gateway.tracking;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The smallest feature that a user can request from the gateway, named as in GitLab. Each has two events. */
public enum UnitPrimitive {
    AI_GATEWAY_MODEL_PROVIDER_PROXY,
    AMAZON_Q_INTEGRATION_COMPLETE_CODE,
    ASK_BUILD,
    ASK_COMMIT,
    ASK_EPIC,
    ASK_ISSUE,
    ASK_MERGE_REQUEST,
    CATEGORIZE_DUO_CHAT_QUESTION,
    COMPLETE_CODE,
    DOCUMENTATION_SEARCH,
    DUO_CHAT,
    EXPLAIN_CODE,
    EXPLAIN_VULNERABILITY,
    FILL_IN_MERGE_REQUEST_TEMPLATE,
    FIX_CODE,
    GENERATE_CODE,
    GENERATE_COMMIT_MESSAGE,
    GENERATE_CUBE_QUERY,
    GENERATE_ISSUE_DESCRIPTION,
    GLAB_ASK_GIT_COMMAND,
    INCLUDE_DEPENDENCY_CONTEXT,
    INCLUDE_DIRECTORY_CONTEXT,
    INCLUDE_FILE_CONTEXT,
    INCLUDE_ISSUE_CONTEXT,
    INCLUDE_LOCAL_GIT_CONTEXT,
    INCLUDE_MERGE_REQUEST_CONTEXT,
    INCLUDE_REPOSITORY_CONTEXT,
    INCLUDE_SNIPPET_CONTEXT,
    INCLUDE_TERMINAL_CONTEXT,
    INCLUDE_USER_RULE_CONTEXT,
    REFACTOR_CODE,
    RESOLVE_VULNERABILITY,
    REVIEW_MERGE_REQUEST,
    SEMANTIC_SEARCH_ISSUE,
    SUMMARIZE_COMMENTS,
    SUMMARIZE_ISSUE_DISCUSSIONS,
    SUMMARIZE_MERGE_REQUEST,
    SUMMARIZE_REVIEW,
    SUMMARIZE_SUBMITTED_REVIEW,
    TROUBLESHOOT_JOB,
    WRITE_TESTS;

    /** Contexts that a request to a chat agent may add; these alone do not call a model. */
    public static final Set<UnitPrimitive> CONTEXTS =
            Collections.unmodifiableSet(EnumSet.range(INCLUDE_DEPENDENCY_CONTEXT, INCLUDE_USER_RULE_CONTEXT));

    /**
     * The values the proxy accepts in {@code X-Gitlab-Unit-Primitive}: all except contexts and code, which has its own
     * endpoints.
     */
    public static final Set<UnitPrimitive> PROXIED = proxied();

    private static final Map<String, UnitPrimitive> BY_ID =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(UnitPrimitive::id, Function.identity()));

    private final String id = name().toLowerCase(Locale.ROOT);

    /** Returns the unit primitive of a name such as {@code complete_code}, or null. */
    public static @Nullable UnitPrimitive of(String id) {
        return BY_ID.get(id);
    }

    /** Returns GitLab's name, for example {@code complete_code}. */
    public String id() {
        return id;
    }

    /** Returns the event tracked for each request, for example {@code request_complete_code}. */
    public String requestEvent() {
        return "request_" + id;
    }

    /** Returns the event tracked for each model call, for example {@code token_usage_complete_code}. */
    public String tokenEvent() {
        return "token_usage_" + id;
    }

    private static Set<UnitPrimitive> proxied() {
        Set<UnitPrimitive> proxied = EnumSet.allOf(UnitPrimitive.class);
        proxied.removeAll(CONTEXTS);
        proxied.removeAll(EnumSet.of(COMPLETE_CODE, GENERATE_CODE, AMAZON_Q_INTEGRATION_COMPLETE_CODE));
        return Collections.unmodifiableSet(proxied);
    }
}
