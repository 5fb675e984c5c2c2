package aeterna.chaos.client;

import java.time.Duration;

/** Requests of one client. They block, and have given their connection back when they return. Thread-safe. */
public interface Session extends AutoCloseable {
    /** Writes a key that nobody wrote before; never sent twice. */
    Reply write(String key, Duration within);

    /** Reads something that is always there. */
    Reply read(Duration within);

    @Override
    void close();
}
