namespace Millrace.Runtime;

/// <summary>Errors of dead letters.</summary>
public static class DeadLetterErrors
{
    public static readonly ErrorCode NotWritable = new("MR4005", "Dead letters cannot be written.", "Check the folder of failure.dead_letters.", ErrorDomain.External);
    public static readonly ErrorCode Full = new("MR4020", "There is no room for more dead letters.", "See to the letters with `millrace dlq list`, then replay or purge them; or raise failure.dead_letters.max_size.");
    public static readonly ErrorCode Damaged = new("MR4021", "A file of dead letters is damaged.", "Mend or remove the line, or restore the file from a backup.");
    public static readonly ErrorCode NotFound = new("MR4022", "No dead letter is meant.", "See the ids with `millrace dlq list`.");
    public static readonly ErrorCode CannotReplay = new("MR4023", "Dead letters cannot be replayed into this target or from this source.", "Export them with `millrace dlq export`, mend the source, and run the job again.");
    public static readonly ErrorCode Busy = new("MR4024", "Another process works on these dead letters.", "Wait until it is done.", ErrorDomain.External);
    public static readonly ErrorCode NoRow = new("MR4025", "The bytes of a dead letter hold no row.", "Look at it with `millrace dlq show`; edit it, or purge it.");
    public static readonly ErrorCode NotOfATable = new("MR4027", "The row of a dead letter is not one that a table of its query can take.", "Look at it with `millrace dlq show`; mend the source, go back with `millrace state rewind`, and run the job again.", Class: ErrorClass.Data);
    public static readonly ErrorCode Cut = new("MR4026", "A dead letter holds only the first bytes of its row.", "Edit the letter so that it holds the whole row, or purge it.");
}
