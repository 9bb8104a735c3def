namespace Millrace.Storage;

/// <summary>Errors of places that hold bytes.</summary>
public static class StorageErrors
{
    public static readonly ErrorCode NotFound = new("MR3001", "A file does not exist.", "Check the path; relative paths start at the current folder, or at the folder of the job file.");
    public static readonly ErrorCode PermissionDenied = new("MR3002", "A file or folder may not be read or written.", "Run as a user who may, or change the permissions with chmod or chown.");
    public static readonly ErrorCode DiskFull = new("MR3003", "The disk is full, or the quota is used up.", "Free some space or write elsewhere. What was committed is whole; nothing half-written is left.", ErrorDomain.External);
    public static readonly ErrorCode NameNotAllowed = new("MR3004", "A name would lead outside of its folder.", "Use a relative name without '..' parts.");
    public static readonly ErrorCode AlreadyExists = new("MR3005", "An object exists already.", "Choose another name, or allow it to be replaced.");
    public static readonly ErrorCode Changed = new("MR3006", "An object was changed by somebody else.", "Read it again and retry.", ErrorDomain.External, ErrorClass.Retryable);
    public static readonly ErrorCode WrongKind = new("MR3007", "A folder stands where a file is expected, or the other way round.", "Check the path.");
    public static readonly ErrorCode ReadOnly = new("MR3008", "The disk is mounted read-only.", "Write elsewhere, or mount it for writing.");
    public static readonly ErrorCode TooManyOpenFiles = new("MR3009", "The process has too many open files.", "Raise the limit with `ulimit -n`, or lower `max_open_files`.", ErrorDomain.External, ErrorClass.Retryable);
    public static readonly ErrorCode NameTooLong = new("MR3010", "A name is longer than the disk allows.", "Shorten it.");
    public static readonly ErrorCode Io = new("MR3011", "A disk did not do its part.", "Look at the system's log; the disk or network share may be failing.", ErrorDomain.External, ErrorClass.Retryable);
    public static readonly ErrorCode ReaderGone = new("MR3012", "The program that read the output has ended, or has read enough.", "Look at what the rows are piped into. What it did not take was not committed.", ErrorDomain.External);

    public static readonly ErrorCode NoBucket = new("MR3013", "A bucket or container does not exist.", "Check its name, the account and the endpoint. Millrace makes no buckets.");
    public static readonly ErrorCode Forbidden = new("MR3014", "The credentials may not do this.", "Give them the right to list, read, write and delete in that place.");
    public static readonly ErrorCode BadCredentials = new("MR3015", "A key or secret is wrong.", "Check the options and environment variables it comes from.");
    public static readonly ErrorCode CredentialsExpired = new("MR3016", "Credentials that were valid for a time are not any more.", "Get new ones and run again: the run goes on behind its last commit. A role or profile that renews itself needs no attention.", ErrorDomain.External);
    public static readonly ErrorCode ClockSkew = new("MR3017", "The clock of this machine is wrong.", "Set it, best by NTP: stores refuse requests that are signed at another time, by 15 minutes and more.");
    public static readonly ErrorCode Throttled = new("MR3018", "A store takes no more requests for the moment.", "It is tried again. If it stays so: fewer partitions, longer epochs, or a higher limit at the provider.", ErrorDomain.External, ErrorClass.Retryable);
    public static readonly ErrorCode WrongRegion = new("MR3019", "A bucket is in another region.", "Set the option region, or AWS_REGION, to the bucket's.");
    public static readonly ErrorCode NotSupported = new("MR3020", "A store lacks something that is needed here.", "Use another store, or the options that do without.");
    public static readonly ErrorCode Refused = new("MR3021", "A store refused a request.", "Look at what it says; its own logs may say more.");
    public static readonly ErrorCode Unreachable = new("MR3022", "A store cannot be reached, or did not do its part.", "Check the endpoint, the network and proxies; what was committed is whole. It can be tried again.", ErrorDomain.External, ErrorClass.Retryable);
    public static readonly ErrorCode NoCredentials = new("MR3023", "There are no credentials for a store.", "Set them as options, in the environment or by the tools of the provider.");
    public static readonly ErrorCode BadUrl = new("MR3024", "The address of an object cannot be understood.", "Examples: s3://bucket/path, gs://bucket/path, az://container/path, abfss://container@account.dfs.core.windows.net/path.");
    public static readonly ErrorCode TooLarge = new("MR3025", "An object would grow beyond what the store takes.", "Set a smaller max_file_bytes, or write to a folder instead of one file.");

    internal static MillraceException Missing(string what)
        => NotFound.Error($"There is no file '{what}'.", ErrorPlace.InFile(what));

    internal static MillraceException Exists(string what)
        => AlreadyExists.Error($"'{what}' exists already.", ErrorPlace.InFile(what));

    internal static MillraceException Modified(string what)
        => Changed.Error($"'{what}' is not the version that was read.", ErrorPlace.InFile(what));

    internal static MillraceException BadName(string name)
        => NameNotAllowed.Error($"The name '{name}' is not a plain relative name.");
}
