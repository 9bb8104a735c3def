namespace Millrace.Storage;

/// <summary>Turns what the operating system says into errors with codes.</summary>
public static class LocalFaults
{
    // Linux error numbers, which .NET puts into HResult where it has no exception type of its own.
    private const int Eperm = 1;
    private const int Eio = 5;
    private const int Ebadf = 9;
    private const int Eacces = 13;
    private const int Eexist = 17;
    private const int Enotdir = 20;
    private const int Emfile = 24;
    private const int Enfile = 23;
    private const int Enospc = 28;
    private const int Erofs = 30;
    private const int Epipe = 32;
    private const int Enametoolong = 36;
    private const int Eloop = 40;
    private const int Edquot = 122;

    /// <summary>Whether an exception comes from the file system, so that <see cref="Explain"/> knows it.</summary>
    public static bool IsFault(Exception e) => e is IOException or UnauthorizedAccessException || IsTooLarge(e);

    /// <param name="e">What was thrown.</param>
    /// <param name="path">The file, as the user calls it.</param>
    /// <param name="writing">Whether the process was writing.</param>
    public static MillraceException Explain(Exception e, string path, bool writing)
    {
        string verb = writing ? "written" : "read";
        ErrorPlace place = ErrorPlace.InFile(path);
        return e switch
        {
            FileNotFoundException or DirectoryNotFoundException when writing => StorageErrors.NotFound.Error($"'{path}' cannot be made: there is no such folder, or it takes no files.", place, inner: e),
            FileNotFoundException or DirectoryNotFoundException => StorageErrors.NotFound.Error($"There is no file '{path}'.", place, inner: e),
            PathTooLongException => StorageErrors.NameTooLong.Error($"'{path}' is too long a name.", place, inner: e),
            UnauthorizedAccessException when Directory.Exists(path) && !writing
                => StorageErrors.WrongKind.Error($"'{path}' is a folder, not a file.", place, inner: e),
            UnauthorizedAccessException => StorageErrors.PermissionDenied.Error($"'{path}' may not be {verb} by user '{Environment.UserName}'.", place, inner: e),
            _ when IsTooLarge(e) => StorageErrors.DiskFull.Error(
                $"'{path}' may not grow further: it has reached the largest size that its disk, or a limit of the process (ulimit -f), allows.", place, inner: e),
            _ => ExplainNumber(e, path, place, verb),
        };
    }

    // What .NET makes of EFBIG.
    private static bool IsTooLarge(Exception e) => e is ArgumentOutOfRangeException { ParamName: "value" };

    private static MillraceException ExplainNumber(Exception e, string path, ErrorPlace place, string verb) => (e.HResult & 0xFFFF) switch
    {
        Enospc => StorageErrors.DiskFull.Error($"The disk that holds '{path}' is full.", place, inner: e),
        Edquot => StorageErrors.DiskFull.Error($"The quota of user '{Environment.UserName}' on the disk that holds '{path}' is used up.", place, inner: e),
        Eexist or Enotdir => StorageErrors.WrongKind.Error($"'{path}' cannot be {verb}: a part of the path is a file, not a folder.", place, inner: e),
        Eperm or Eacces => StorageErrors.PermissionDenied.Error($"'{path}' may not be {verb} by user '{Environment.UserName}'.", place, inner: e),
        Erofs => StorageErrors.ReadOnly.Error($"'{path}' is on a disk that is mounted read-only.", place, inner: e),
        Emfile or Enfile => StorageErrors.TooManyOpenFiles.Error($"'{path}' cannot be opened: too many files are open.", place, inner: e),
        Enametoolong => StorageErrors.NameTooLong.Error($"'{path}' is too long a name.", place, inner: e),
        Eloop => StorageErrors.WrongKind.Error($"'{path}' is a link that leads back to itself.", place, inner: e),
        Epipe => StorageErrors.ReaderGone.Error($"Nobody reads '{path}' any more.", place, inner: e),
        Ebadf => StorageErrors.PermissionDenied.Error($"'{path}' is closed, or not open for being {verb}.", place, "Whatever started the program closed it: lead it somewhere, if only to /dev/null.", e),
        Eio => StorageErrors.Io.Error($"The disk failed while '{path}' was {verb}.", place, inner: e),
        _ => StorageErrors.Io.Error($"'{path}' could not be {verb}: {e.Message}", place, inner: e),
    };
}
