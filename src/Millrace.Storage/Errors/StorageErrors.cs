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

    internal static MillraceException Missing(string what)
        => NotFound.Error($"There is no file '{what}'.", ErrorPlace.InFile(what));

    internal static MillraceException Exists(string what)
        => AlreadyExists.Error($"'{what}' exists already.", ErrorPlace.InFile(what));

    internal static MillraceException Modified(string what)
        => Changed.Error($"'{what}' is not the version that was read.", ErrorPlace.InFile(what));

    internal static MillraceException BadName(string name)
        => NameNotAllowed.Error($"The name '{name}' is not a plain relative name.");
}
