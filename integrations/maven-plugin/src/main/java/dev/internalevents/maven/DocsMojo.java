package dev.internalevents.maven;

import dev.internalevents.generator.DictionarySite;
import java.io.File;
import java.io.IOException;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/** Writes the dictionary's site: plain HTML pages of events, metrics and their owners. */
@Mojo(name = "docs", defaultPhase = LifecyclePhase.SITE, threadSafe = true)
public final class DocsMojo extends DefinitionsMojo {

    /** The directory the site is written to. */
    @Parameter(defaultValue = "${project.build.directory}/internal-events")
    @SuppressWarnings("NullAway.Init") // Set by Maven.
    private File siteDirectory;

    @Override
    public void execute() throws MojoExecutionException, MojoFailureException {
        if (isSkipped()) {
            return;
        }
        try {
            int pages = DictionarySite.write(dictionary(), siteDirectory.toPath());
            getLog().info(pages + " pages; start with " + new File(siteDirectory, "index.html"));
        } catch (IOException e) {
            throw new MojoExecutionException("the site cannot be written: " + e, e);
        }
    }
}
