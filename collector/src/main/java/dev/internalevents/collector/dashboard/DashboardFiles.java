package dev.internalevents.collector.dashboard;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/** The page's files and its library, read from the class path into memory. Nothing is fetched from other servers. */
final class DashboardFiles {

    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private static final String LIT_HTML = "org.webjars.npm/lit-html";

    private final Map<String, File> files = new HashMap<>();

    DashboardFiles() {
        File page = new File("text/html; charset=utf-8", own("index.html"));
        files.put("", page);
        files.put("/", page);
        for (String script : new String[] {
            "app.js",
            "api.js",
            "view.js",
            "remembered.js",
            "toolbar.js",
            "timeline.js",
            "columns.js",
            "list.js",
            "dictionary.js",
            "detail.js",
            "code.js",
            "json.js"
        }) {
            files.put("/" + script, new File("text/javascript; charset=utf-8", own(script)));
        }
        files.put("/style.css", new File("text/css; charset=utf-8", own("style.css")));
        files.put("/icon.svg", new File("image/svg+xml", own("icon.svg")));
        files.put("/lit-html.js", new File("text/javascript; charset=utf-8", library("lit-html", "lit-html.js")));
    }

    boolean handle(HttpServerRequest request, String path) {
        File file = files.get(path);
        if (file == null) {
            return false;
        }
        request.response()
                .putHeader("Content-Type", file.contentType())
                .putHeader("Content-Security-Policy", POLICY)
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("Cache-Control", "no-cache")
                .end(file.content());
        return true;
    }

    private static Buffer own(String name) {
        return read(name);
    }

    private static Buffer library(String name, String file) {
        Properties properties = new Properties();
        try (InputStream in =
                DashboardFiles.class.getResourceAsStream("/META-INF/maven/" + LIT_HTML + "/pom.properties")) {
            if (in == null) {
                throw new IllegalStateException(LIT_HTML + " is not on the class path");
            }
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return read("/META-INF/resources/webjars/" + name + "/" + properties.getProperty("version") + "/" + file);
    }

    private static Buffer read(String resource) {
        String path = resource.startsWith("/") ? resource : "/dev/internalevents/collector/dashboard/" + resource;
        try (InputStream in = DashboardFiles.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException(path + " is not on the class path");
            }
            return Buffer.buffer(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record File(String contentType, Buffer content) {}
}
