package aeterna.chaos.stack;

import aeterna.chaos.model.Floor;
import aeterna.chaos.model.Loss;
import aeterna.chaos.model.SteadyCheck;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Who decides which PostgreSQL instance is the primary, and how that can be seen and told. */
interface Election {
    /** The pod that it has chosen last; empty while it is choosing. */
    Optional<String> holder();

    /** How many instances there shall be is a workload's to say; empty where pods are made one by one. */
    List<String> workloads();

    /** The fastest that a loss can be made good, by its timers; empty when another one decides. */
    Optional<Floor> floor(Loss loss);

    /** Gives a running cluster the profile's settings, as far as applying manifests does not. */
    void settle(Profile profile, Supplier<String> primary);

    /** What it must say of itself. */
    List<SteadyCheck> steady(Profile profile);

    /** Writes down what it knows. */
    void record(Path folder) throws Exception;
}
