package dev.internalevents.maven;

import dev.internalevents.generator.TypedEvents;
import java.io.File;
import java.io.IOException;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;

/** Generates a class for each internal event, and adds the classes to the compiled sources. */
@Mojo(name = "generate", defaultPhase = LifecyclePhase.GENERATE_SOURCES, threadSafe = true)
public final class GenerateMojo extends DefinitionsMojo {

    /** The package of the generated classes. */
    @Parameter(property = "internal-events.package", required = true)
    @SuppressWarnings("NullAway.Init") // Set by Maven.
    private String packageName;

    /** The directory the sources are written to. */
    @Parameter(defaultValue = "${project.build.directory}/generated-sources/internal-events")
    @SuppressWarnings("NullAway.Init") // Set by Maven.
    private File outputDirectory;

    @Parameter(defaultValue = "${project}", readonly = true, required = true)
    @SuppressWarnings("NullAway.Init") // Set by Maven.
    private MavenProject project;

    @Override
    public void execute() throws MojoExecutionException, MojoFailureException {
        if (isSkipped()) {
            return;
        }
        try {
            int classes = TypedEvents.write(dictionary(), outputDirectory.toPath(), packageName);
            getLog().info("typed events: " + classes + ", in " + outputDirectory);
        } catch (IllegalArgumentException e) {
            throw new MojoFailureException(e.getMessage(), e);
        } catch (IOException e) {
            throw new MojoExecutionException("typed events cannot be written: " + e, e);
        }
        project.addCompileSourceRoot(outputDirectory.getPath());
    }
}
