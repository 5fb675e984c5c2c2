package aeterna.chaos.wiring;

import aeterna.chaos.model.Progress;
import aeterna.chaos.model.Setting;
import aeterna.chaos.time.Clock;
import aeterna.chaos.time.DurationText;
import java.time.Duration;

/** Which of a run's scenarios is under way, told with every step, and how long the others will take if they take as long. */
final class Position implements Progress {
    private final Progress progress;
    private final Clock clock;
    private final int planned;
    private final long began;
    private int number;
    private volatile String where = "";

    /**
     * @param planned how many scenarios there will be; 0 when nobody knows
     */
    Position(Progress progress, Clock clock, int planned) {
        this.progress = progress;
        this.clock = clock;
        this.planned = planned;
        began = clock.nanos();
    }

    /** The next scenario begins; what to say of it. */
    String next(String scenario) {
        number++;
        where = number() + " ";
        return "scenario " + number() + ": " + scenario + remaining();
    }

    private String number() {
        return planned == 0 ? String.valueOf(number) : number + "/" + planned;
    }

    private String remaining() {
        if (number == 1 || planned < number) {
            return "";
        }
        var each = clock.since(began).dividedBy(number - 1L);
        return " (" + DurationText.roughly(each.multipliedBy(planned - number + 1L)) + " left at this pace)";
    }

    /** A trial of it begins. */
    void at(Setting setting) {
        where = number() + (setting.trial().toString().isEmpty() ? " " : ", " + setting.trial() + ": ");
    }

    @Override
    public Step begin(String what, Duration expected) {
        return progress.begin(where + what, expected);
    }
}
