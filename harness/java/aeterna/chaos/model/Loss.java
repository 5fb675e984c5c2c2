package aeterna.chaos.model;

/** How a victim's loss shows to those who depend on it; it decides which timers recovery waits for. */
public enum Loss {
    /** It says goodbye and hands over. */
    ANNOUNCED,
    /** It is gone at once, and connections to it are refused or reset. */
    ABRUPT,
    /** It falls silent: only timeouts notice. */
    SILENT
}
