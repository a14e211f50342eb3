package dev.internalevents.migration;

import org.openrewrite.java.JavaParser;
import org.openrewrite.java.JavaTemplate;

/** Templates of code that calls the client. */
final class ClientCode {

    static final String CLIENT = "dev.internalevents.client.InternalEventsClient";
    static final String CONTEXT = "dev.internalevents.protocol.SelfDescribingJson";
    static final String SCHEMA_KEY = "dev.internalevents.protocol.SchemaKey";

    /** The part of the client's API that the templates call: recipes run without the client on their class path. */
    private static final String[] API = {"""
        package dev.internalevents.client;
        public class InternalEventsClient {
            public static InternalEventsClient fromEnvironment(String prefix) { return null; }
            public static InternalEventsClientBuilder builder() { return null; }
            public EventBuilder event(String name) { return null; }
        }
        """, """
        package dev.internalevents.client;
        public class InternalEventsClientBuilder {
            public InternalEventsClientBuilder namespace(String namespace) { return this; }
            public InternalEventsClientBuilder appId(String appId) { return this; }
            public InternalEventsClientBuilder endpoint(java.net.URI endpoint) { return this; }
            public InternalEventsClientBuilder batchSize(int batchSize) { return this; }
            public InternalEventsClientBuilder threadCount(int threadCount) { return this; }
            public InternalEventsClientBuilder queueCapacity(int queueCapacity) { return this; }
            public InternalEventsClient build() { return null; }
        }
        """, """
        package dev.internalevents.client;
        import dev.internalevents.protocol.SelfDescribingJson;
        public class EventBuilder {
            public EventBuilder category(String category) { return this; }
            public EventBuilder label(String label) { return this; }
            public EventBuilder property(String property) { return this; }
            public EventBuilder value(Number value) { return this; }
            public EventBuilder user(String id) { return this; }
            public EventBuilder put(String key, Object value) { return this; }
            public EventBuilder context(SelfDescribingJson context) { return this; }
            public void track() {}
        }
        """, """
        package dev.internalevents.protocol;
        public class SelfDescribingJson {
            public SelfDescribingJson(SchemaKey schema, Object data) {}
        }
        """, """
        package dev.internalevents.protocol;
        public class SchemaKey {
            public static SchemaKey parse(String key) { return null; }
        }
        """};

    private ClientCode() {}

    static JavaTemplate template(String code, String... imports) {
        return JavaTemplate.builder(code)
                .imports(imports)
                .javaParser(JavaParser.fromJavaVersion().dependsOn(API))
                .build();
    }
}
