package aeterna.chaos.stack;

import aeterna.chaos.client.Entrance;
import aeterna.chaos.model.SteadyCheck;
import java.util.ArrayList;
import java.util.List;

/** Steady checks made of smaller ones. */
final class SteadyChecks {
    private SteadyChecks() {}

    /** A way in answers a question. */
    static SteadyCheck open(Entrance entrance) {
        return SteadyCheck.named("the way in through " + entrance, () -> {
            var reply = entrance.ask();
            return reply.error().isEmpty()
                    ? new SteadyCheck.Look(true, entrance + " answers")
                    : new SteadyCheck.Look(false, "the way in through " + entrance + " is shut: " + reply.error());
        });
    }

    /** Holds while all hold; shows the first that does not, or else what all have seen. */
    static SteadyCheck all(String name, List<SteadyCheck> checks) {
        return SteadyCheck.named(name, () -> {
            var seen = new ArrayList<String>();
            for (var check : checks) {
                var look = look(check);
                if (!look.steady()) {
                    return look;
                }
                seen.add(look.seen());
            }
            return new SteadyCheck.Look(true, String.join(", ", seen));
        });
    }

    /** Looks once; what cannot be seen is not steady. */
    static SteadyCheck.Look look(SteadyCheck check) {
        try {
            return check.look();
        } catch (RuntimeException unseen) {
            return new SteadyCheck.Look(false, "could not be seen: " + unseen.getMessage());
        }
    }
}
