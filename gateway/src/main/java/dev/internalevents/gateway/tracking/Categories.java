package dev.internalevents.gateway.tracking;

/**
 * Categories of events: the modules of GitLab's AI Gateway, so that the events of both gateways are counted together.
 */
public final class Categories {

    public static final String CODE_V2 = "ai_gateway.api.v2.code.completions";
    public static final String CODE_V3 = "ai_gateway.api.v3.code.completions";
    public static final String CHAT_V1 = "ai_gateway.api.v1.chat.agent";
    public static final String CHAT_V2 = "ai_gateway.api.v2.chat.agent";
    public static final String CHAT_TOOLS = "ai_gateway.chat.executor";
    public static final String PROMPTS_V1 = "ai_gateway.api.v1.prompts.invoke";
    public static final String PROMPTS_V2 = "ai_gateway.api.v2.prompts.invoke";
    public static final String PROXY_ANTHROPIC = "ai_gateway.api.v1.proxy.anthropic";
    public static final String PROXY_VERTEX_AI = "ai_gateway.api.v1.proxy.vertex_ai";
    public static final String PROXY_OPENAI = "ai_gateway.api.v1.proxy.openai";
    public static final String PROXY_BILLING = "ai_gateway.proxy.clients.base";
    public static final String SEARCH = "ai_gateway.api.v1.search.docs";
    public static final String MODEL_CALLS = "ai_gateway.instrumentators.model_requests";

    private Categories() {}
}
