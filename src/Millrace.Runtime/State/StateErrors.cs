namespace Millrace.Runtime;

/// <summary>Errors of the state that jobs leave behind.</summary>
public static class StateErrors
{
    public static readonly ErrorCode Held = new("MR4101", "A job's progress is held by another run.", "Wait for the other run to end, or stop it; if it hangs, run again with --take-over.", ErrorDomain.External, ErrorClass.Retryable);
    public static readonly ErrorCode NoProgress = new("MR4102", "A job has no progress yet.", "Run the job first.");
    public static readonly ErrorCode UnknownEpoch = new("MR4103", "There is no such epoch to go back to.", "See the epochs with `millrace state show JOB`.");
    public static readonly ErrorCode KeepsNone = new("MR4104", "A job keeps no progress.", "Jobs that write one indivisible thing, such as a single file, read everything every time.");
    public static readonly ErrorCode WrongImport = new("MR4105", "A checkpoint cannot be imported.", "Import what `millrace state export` printed for this job.");
    public static readonly ErrorCode NotConfirmed = new("MR4106", "A change of state was not confirmed.", "Add --yes when it is what you want.");
}
