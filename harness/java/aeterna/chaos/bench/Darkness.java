package aeterna.chaos.bench;

import java.util.Locale;

/** How a server is down. */
enum Darkness {
    /** Nobody listens, and connections that were open are closed: as when a process dies. */
    REFUSING,
    /** Connections are accepted and requests are read, but nothing is answered: as when a process hangs, then is replaced. */
    SILENT;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
