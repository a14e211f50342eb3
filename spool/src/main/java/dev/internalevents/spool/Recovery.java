package dev.internalevents.spool;

import java.nio.file.Path;
import java.util.List;

/**
 * What opening a spool found of those who wrote to it before.
 *
 * @param whole frames that wait for the reader
 * @param torn frames that their writer never finished; they were cut off
 * @param damaged frames that were finished once and cannot be read any more; they are in the files set aside
 * @param setAside copies of the damaged segments as they were found, to be looked at and deleted by a person
 * @param damages files that were cut, missing, unreadable or otherwise damaged; torn frames alone are no damage
 */
public record Recovery(long whole, long torn, long damaged, List<Path> setAside, List<Damage> damages) {

    public Recovery {
        setAside = List.copyOf(setAside);
        damages = List.copyOf(damages);
    }

    /** Nothing was damaged but frames. */
    public Recovery(long whole, long torn, long damaged, List<Path> setAside) {
        this(whole, torn, damaged, setAside, List.of());
    }
}
