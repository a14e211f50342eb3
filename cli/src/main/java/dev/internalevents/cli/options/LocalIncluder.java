package dev.internalevents.cli.options;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import java.net.URL;
import org.jspecify.annotations.Nullable;

/** Includes files into a HOCON file but rejects URLs, so that reading a configuration makes no network request. */
final class LocalIncluder implements ConfigIncluder, ConfigIncluderURL {

    private final @Nullable ConfigIncluder files;

    LocalIncluder() {
        this(null);
    }

    private LocalIncluder(@Nullable ConfigIncluder files) {
        this.files = files;
    }

    @Override
    public ConfigIncluder withFallback(ConfigIncluder fallback) {
        return new LocalIncluder(fallback);
    }

    @Override
    public ConfigObject include(ConfigIncludeContext context, String what) {
        if (what.contains(":/") || files == null) {
            throw refused(what);
        }
        return files.include(context, what);
    }

    @Override
    public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
        throw refused(what.toString());
    }

    private static ConfigException refused(String what) {
        return new ConfigException.Generic("include of \"" + what + "\" is not followed, because it is a URL");
    }
}
