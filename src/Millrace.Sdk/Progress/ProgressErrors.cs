namespace Millrace.Sdk;

/// <summary>Errors of checkpoints.</summary>
public static class ProgressErrors
{
    public static readonly ErrorCode UnknownVersion = new("MR1101", "A checkpoint is of a version that this program does not know.", "Use the version of Millrace that wrote it, or a newer one.");
    public static readonly ErrorCode Corrupt = new("MR1102", "A checkpoint is damaged.", "Restore the file from a backup. If that cannot be had, `millrace state reset` lets the job start anew; rows that are there stay.");
    public static readonly ErrorCode TooLarge = new("MR1104", "The progress of a job is larger than its records may be.", "Let the source forget what is gone: `forget_after` of files.");
    public static readonly ErrorCode Fenced = new("MR1103", "Another run of the job has taken over.", "Look for a second process that runs this job.");
}
