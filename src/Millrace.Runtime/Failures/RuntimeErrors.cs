namespace Millrace.Runtime;

/// <summary>Errors of running jobs.</summary>
public static class RuntimeErrors
{
    public static readonly ErrorCode RequiredValueMissing = new("MR4001", "A required column has no value.", "Mend the source, or drop `required` from the column.", Class: ErrorClass.Data);
    public static readonly ErrorCode TooManyBadRows = new("MR4002", "There are more bad rows than the job allows.", "Look at the bad rows, or raise failure.max_bad_rows.");
    public static readonly ErrorCode ColumnNotFound = new("MR4003", "A column that the job names is not in the source.", "See the columns with `millrace discover`.");
    public static readonly ErrorCode Cancelled = new("MR4004", "The run was stopped before its commit.", "Start it again; it continues where the last commit stands.");
    public static readonly ErrorCode TypeNeverSettles = new("MR4006", "The type of a column does not settle.", "Give the column a type in `columns`.");
    public static readonly ErrorCode OverwriteOfNews = new("MR4007", "An incremental read cannot overwrite.", "Set target.write to append, or source.mode to full.");
    public static readonly ErrorCode OnlyBadRows = new("MR4008", "Bad rows stand together without a good one for too long.", "Check the format and the columns: the input is probably not what the job says.");
    public static readonly ErrorCode OneEpochOnly = new("MR4009", "A batching strategy is set for a run that can only be one epoch.", "Leave out `batch`, or write to a folder in append mode.");
    public static readonly ErrorCode BatchBounds = new("MR4010", "The bounds of a batching strategy contradict each other.", "Make batch.max_size at least batch.min_size.");
    public static readonly ErrorCode FollowNeedsNews = new("MR4011", "A run that follows its source has to read what is new.", "Set source.mode to incremental.");
    public static readonly ErrorCode FollowNeedsEpochs = new("MR4012", "A run that follows its source needs a target that takes more than one commit.", "Write to a folder: a path that ends with a slash.");
    public static readonly ErrorCode WeakGuarantee = new("MR4013", "A target promises less than what is asked for.", "Write to a target that commits rows and progress together, such as a file or folder, or ask for less: `-- @job_mode: simple`.");
    public static readonly ErrorCode PartOfSnapshot = new("MR4014", "A part of a source cannot be compared with all of a target.", "Read with mode full, without a limit, and with failure: fail_batch; or write with merge.");
    public static readonly ErrorCode CannotCompare = new("MR4015", "Rows that are gone cannot be found by comparing keys.", "Read incrementally, without --follow or a limit, and merge into PostgreSQL or MySQL; or read with mode full or cdc.", ErrorDomain.User, ErrorClass.Permanent);
    public static readonly ErrorCode UnknownChange = new("MR4016", "The column `_op` does not say what happened to a row.", "Rows that are changes have I, U, D or T there; rename the column with `columns:` if it means something else.", Class: ErrorClass.Data);
    public static readonly ErrorCode CircuitOpen = new("MR4030", "A remote is left alone for a while, since it keeps failing.", "See why it fails; failure.breaker says when it is tried again.", ErrorDomain.External, ErrorClass.Retryable);
    public static readonly ErrorCode RemoteFailed = new("MR4031", "A connection failed in a way that can pass.", "Run again, or set failure.retry.", ErrorDomain.External, ErrorClass.Retryable);
    public static readonly ErrorCode Unexpected = new("MR4999", "Something went wrong that Millrace does not know.", "Run with --verbose and report it with the trace.", ErrorDomain.Internal);
}
