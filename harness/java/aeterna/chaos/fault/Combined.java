package aeterna.chaos.fault;

import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Injected;
import aeterna.chaos.model.Sighting;
import aeterna.chaos.model.Sighting.Seen;
import aeterna.chaos.model.Undo;
import aeterna.chaos.model.Witness;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Sees several faults as one: landed when all of them are, and ended when all of those that stay are. */
final class Combined implements Witness {
    private final List<Part> parts;
    private final Map<Part, Sighting> done = new HashMap<>();

    /**
     * One of them.
     *
     * @param aimed resolved together with the others, before any of them acts
     * @param stays false for one that is over once done
     */
    record Part(Aimed aimed, boolean stays) {}

    Combined(List<Part> parts) {
        this.parts = parts;
    }

    /** Who is hit by any of them, and all steps back. */
    Injected planned() {
        var pods = new TreeSet<String>();
        var nodes = new TreeSet<String>();
        var zones = new TreeSet<String>();
        var undo = new ArrayList<Undo>();
        for (var part : parts) {
            var planned = part.aimed().planned();
            pods.addAll(planned.hit().pods());
            nodes.addAll(planned.hit().nodes());
            zones.addAll(planned.hit().zones());
            undo.addAll(planned.undo());
        }
        return new Injected(new Hit(pods, nodes, zones), undo);
    }

    @Override
    public synchronized Sighting look() {
        var words = new ArrayList<String>();
        var seen = new ArrayList<Seen>();
        var staying = new ArrayList<Seen>();
        for (var part : parts) {
            // What is over once done has landed for good: its victims come again while the others are still in place.
            var sighting = done.containsKey(part)
                    ? done.get(part)
                    : part.aimed().witness().look();
            if (!part.stays() && sighting.seen() == Seen.LANDED) {
                done.put(part, sighting);
            }
            words.add(sighting.toString());
            seen.add(sighting.seen());
            if (part.stays()) {
                staying.add(sighting.seen());
            }
        }
        var what = String.join("; ", words);
        if (seen.contains(Seen.ELSEWHERE)) {
            return new Sighting(Seen.ELSEWHERE, what);
        }
        if (staying.stream().allMatch(Seen.NOTHING::equals)) {
            return new Sighting(Seen.NOTHING, what);
        }
        return new Sighting(seen.stream().allMatch(Seen.LANDED::equals) ? Seen.LANDED : Seen.PARTLY, what);
    }
}
