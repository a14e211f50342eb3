package dev.internalevents.collector.dashboard;

import dev.internalevents.collector.http.ClassPathFile;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/**
 * Serves the dashboard's page, with its files and its library from the class path. Nothing is fetched from other
 * servers; the page gets its data from Micro's API.
 */
public final class Dashboard {

    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private static final String PAGE = "";
    private static final String LIT_HTML = "org.webjars.npm/lit-html";

    private final Map<String, File> files = new HashMap<>();

    /** Reads the files into memory. */
    public Dashboard() {
        files.put(PAGE, new File("text/html; charset=utf-8", own("index.html")));
        for (String script : new String[] {
            "app.js",
            "api.js",
            "view.js",
            "remembered.js",
            "toolbar.js",
            "timeline.js",
            "columns.js",
            "list.js",
            "steps.js",
            "dictionary.js",
            "detail.js",
            "code.js",
            "copy.js",
            "json.js"
        }) {
            files.put(script, new File("text/javascript; charset=utf-8", own(script)));
        }
        files.put("style.css", new File("text/css; charset=utf-8", own("style.css")));
        files.put("icon.svg", new File("image/svg+xml", own("icon.svg")));
        files.put("lit-html.js", new File("text/javascript; charset=utf-8", library("lit-html", "lit-html.js")));
    }

    /**
     * Answers with a file.
     *
     * @param name the part of the path after {@code /micro/ui/}; empty for the page
     * @return whether there is such a file; if not, the request is not answered
     */
    public boolean answer(HttpServerRequest request, String name) {
        File file = files.get(name);
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
        return read("/dev/internalevents/collector/dashboard/" + name);
    }

    private static Buffer library(String name, String file) {
        Properties properties = new Properties();
        try {
            properties.load(
                    new StringReader(new ClassPathFile("/META-INF/maven/" + LIT_HTML + "/pom.properties").text()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return read("/META-INF/resources/webjars/" + name + "/" + properties.getProperty("version") + "/" + file);
    }

    private static Buffer read(String path) {
        return Buffer.buffer(new ClassPathFile(path).bytes());
    }

    private record File(String contentType, Buffer content) {}
}
