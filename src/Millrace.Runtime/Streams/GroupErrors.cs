namespace Millrace.Runtime;

/// <summary>Errors of jobs that move several streams.</summary>
public static class GroupErrors
{
    public static readonly ErrorCode NoStream = new("MR4501", "A source has no stream of a name or pattern.", "`millrace discover` lists the streams.");
    public static readonly ErrorCode OnePlace = new("MR4502", "Several streams would be written to one place.", "Give each a place of its own: a folder with a slash at the end, or {stream}, {schema} and {table} in the target.");
    public static readonly ErrorCode BrokenRecord = new("MR4503", "What is kept of an unfinished run of several streams cannot be read.", "Begin anew with --restart.");
}
