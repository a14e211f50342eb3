package dev.internalevents.spool;

import java.nio.file.Path;
import java.util.List;

/**
 * What earlier processes left in a spool, as found when it was opened.
 *
 * @param whole the number of complete frames that wait for the reader
 * @param torn the number of frames that their writer never finished; they were removed
 * @param damaged the number of finished frames that can no longer be read; they are in the files set aside
 * @param setAside copies of the damaged segments as they were found, for an operator to inspect and delete
 * @param damages files that were truncated, missing, unreadable or otherwise damaged; torn frames alone are not damage
 */
public record Recovery(long whole, long torn, long damaged, List<Path> setAside, List<Damage> damages) {

    public Recovery {
        setAside = List.copyOf(setAside);
        damages = List.copyOf(damages);
    }

    /** Creates a recovery in which only frames were damaged. */
    public Recovery(long whole, long torn, long damaged, List<Path> setAside) {
        this(whole, torn, damaged, setAside, List.of());
    }
}
