package dev.internalevents.cli.commands;

import dev.internalevents.cli.options.DefinitionsFolder;
import dev.internalevents.cli.terminal.Console;
import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.read.DefinitionFiles;
import dev.internalevents.generator.DictionarySite;
import dev.internalevents.generator.TypedEvents;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Generates typed events and the dictionary's site, for builds without the Maven plugin. */
@Command(
        name = "generate",
        sortOptions = false,
        description = "Generate typed events in Java, the dictionary's site in HTML, or both from definitions.",
        footer = {
            "",
            "Examples:",
            "  internal-events generate . --java build/generated/events --package com.example.events",
            "  internal-events generate ../gitlab --site target/dictionary",
        })
public final class GenerateCommand implements Callable<Integer> {

    @Mixin
    private Console console = new Console();

    @Mixin
    private DefinitionsFolder folder = new DefinitionsFolder();

    @Option(names = "--java", paramLabel = "DIR", description = "Folder for one generated class per event.")
    private @Nullable Path java;

    @Option(names = "--package", paramLabel = "NAME", description = "Package of the generated classes.")
    private @Nullable String packageName;

    @Option(names = "--site", paramLabel = "DIR", description = "Folder for the dictionary as plain HTML.")
    private @Nullable Path site;

    @Override
    public Integer call() throws IOException {
        if (java == null && site == null) {
            throw console.wrongUsage("--java or --site is missing: there is nothing to generate.");
        }
        if (java != null && packageName == null) {
            throw console.wrongUsage("--package is missing: --java requires the package of the generated classes.");
        }
        Dictionary dictionary = DefinitionFiles.load(folder.path());
        if (java != null && packageName != null) {
            int classes = TypedEvents.write(dictionary, java, packageName);
            console.out().println(count(classes, "class", "classes") + " in " + java);
        }
        if (site != null) {
            int pages = DictionarySite.write(dictionary, site);
            console.out().println(count(pages, "page", "pages") + "; start with " + site.resolve("index.html"));
        }
        return 0;
    }

    private static String count(int number, String one, String several) {
        return number + " " + (number == 1 ? one : several);
    }
}
