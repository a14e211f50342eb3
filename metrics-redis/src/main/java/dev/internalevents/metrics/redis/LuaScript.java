package dev.internalevents.metrics.redis;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The scripts that Redis runs, each in one step. Each returns the keys that rejected their amount, each with the
 * reason.
 */
enum LuaScript {

    /** Adds to totals or sums, unless the batch was added before. */
    ADD_ONCE("add-once.lua"),

    /** Adds to totals by value, unless the batch was added before. */
    ADD_TOTALS_ONCE("add-totals-once.lua"),

    /** Moves a sum that an earlier version wrote under another key. */
    MOVE_SUM("move-sum.lua");

    private final String text;

    LuaScript(String file) {
        this.text = resource("common.lua") + resource(file);
    }

    /** Sends the script; the files say what keys and arguments are. */
    RedisFuture<List<String>> send(
            RedisAsyncCommands<String, String> commands, List<String> keys, List<String> arguments) {
        return commands.eval(
                text, ScriptOutputType.MULTI, keys.toArray(String[]::new), arguments.toArray(String[]::new));
    }

    private static String resource(String name) {
        try (InputStream in = LuaScript.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
