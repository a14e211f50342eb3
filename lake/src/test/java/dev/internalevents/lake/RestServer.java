package dev.internalevents.lake;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.rest.CatalogHandlers;
import org.apache.iceberg.rest.RESTCatalogProperties;
import org.apache.iceberg.rest.RESTSerializers;
import org.apache.iceberg.rest.requests.CreateNamespaceRequest;
import org.apache.iceberg.rest.requests.CreateTableRequest;
import org.apache.iceberg.rest.requests.UpdateTableRequest;
import org.apache.iceberg.rest.responses.ConfigResponse;
import org.apache.iceberg.rest.responses.ErrorResponse;
import org.jspecify.annotations.Nullable;

/** Iceberg's REST protocol over HTTP, with Iceberg's own handlers over a catalog. */
final class RestServer implements AutoCloseable {

    private final Catalog catalog;
    private final @Nullable String token;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ObjectMapper json = new ObjectMapper();

    private RestServer(Catalog catalog, @Nullable String token, int port) throws IOException {
        this.catalog = catalog;
        this.token = token;
        json.setVisibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY);
        json.configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);
        json.setPropertyNamingStrategy(new PropertyNamingStrategies.KebabCaseStrategy());
        RESTSerializers.registerAll(json);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 50);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** Starts it on a free port, or on a port that it had before. */
    static RestServer start(Catalog catalog, @Nullable String token, int port) throws IOException {
        return new RestServer(catalog, token, port);
    }

    int port() {
        return server.getAddress().getPort();
    }

    String url() {
        return "http://127.0.0.1:" + port();
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        int status = 200;
        Object answer;
        try {
            String given = exchange.getRequestHeaders().getFirst("Authorization");
            if (exchange.getRequestURI().getPath().endsWith("/oauth/tokens")) {
                answer = Map.of("access_token", String.valueOf(token), "token_type", "bearer", "expires_in", 3600);
            } else if (token != null && !("Bearer " + token).equals(given)) {
                status = 401;
                answer = error(401, "NotAuthorizedException", "not authorized");
            } else {
                answer = answer(
                        exchange.getRequestMethod(),
                        exchange.getRequestURI().getPath().split("/"),
                        body);
            }
        } catch (RuntimeException e) {
            status = status(e);
            answer = error(status, e.getClass().getSimpleName(), String.valueOf(e.getMessage()));
        }
        byte[] text = json.writeValueAsString(answer).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        boolean hasBody = !exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, hasBody ? text.length : -1);
        if (hasBody) {
            exchange.getResponseBody().write(text);
        }
        exchange.close();
    }

    private Object answer(String method, String[] path, byte[] body) throws IOException {
        // "", v1, namespaces, NAMESPACE, tables, TABLE
        if (path.length == 3 && path[2].equals("config")) {
            return ConfigResponse.builder().build();
        }
        if (path.length == 3 && method.equals("POST")) {
            return CatalogHandlers.createNamespace(namespaces(), json.readValue(body, CreateNamespaceRequest.class));
        }
        Namespace namespace = Namespace.of(path[3]);
        if (path.length == 4) {
            return CatalogHandlers.loadNamespace(namespaces(), namespace);
        }
        if (path.length == 5 && method.equals("POST")) {
            return CatalogHandlers.createTable(catalog, namespace, json.readValue(body, CreateTableRequest.class));
        }
        TableIdentifier table = TableIdentifier.of(namespace, path[5]);
        return method.equals("POST")
                ? CatalogHandlers.updateTable(catalog, table, json.readValue(body, UpdateTableRequest.class))
                : CatalogHandlers.loadTable(catalog, table, RESTCatalogProperties.SnapshotMode.ALL);
    }

    private SupportsNamespaces namespaces() {
        return (SupportsNamespaces) catalog;
    }

    private static int status(RuntimeException e) {
        if (e instanceof NoSuchTableException || e instanceof NoSuchNamespaceException) {
            return 404;
        }
        return e instanceof AlreadyExistsException || e instanceof CommitFailedException ? 409 : 500;
    }

    private static ErrorResponse error(int status, String type, String message) {
        return ErrorResponse.builder()
                .responseCode(status)
                .withType(type)
                .withMessage(message)
                .build();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
