package aeterna.chaos.run;

import aeterna.chaos.model.Evidence;
import aeterna.chaos.model.Observer;
import aeterna.chaos.model.Setting;
import java.nio.file.Path;
import java.util.List;

/**
 * What a run happens in, and who looks on.
 *
 * @param setting written down in the history
 * @param observers watch the cluster while the clients work
 * @param evidence what is kept when the clients have stopped
 * @param folder where the evidence goes; made when needed
 */
public record Surroundings(Setting setting, List<Observer> observers, List<Evidence> evidence, Path folder) {
    public Surroundings {
        observers = List.copyOf(observers);
        evidence = List.copyOf(evidence);
    }
}
