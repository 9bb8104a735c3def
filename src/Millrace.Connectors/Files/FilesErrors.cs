using Millrace.Columnar;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>Errors of the files connector. What the disk itself says stands in <c>StorageErrors</c>.</summary>
public static class FilesErrors
{
    public static readonly ErrorCode NoSuchFile = new("MR3031", "A path names no file.", "Check the path; relative paths start at the current folder, or at the folder of the job file. `missing: skip` accepts that there is none.");
    public static readonly ErrorCode BadPattern = new("MR3032", "A pattern cannot be read.", "Patterns know *, **, ?, [a-c] and {a,b}.");
    public static readonly ErrorCode TooManyFiles = new("MR3033", "A pattern matches more files than allowed.", "Make the pattern narrower, or raise `max_files`.");
    public static readonly ErrorCode SchemaConflict = new("MR3034", "Files have one column in types that do not go together.", "Ask for the column in one type, or read the files apart.");
    public static readonly ErrorCode ColumnMissing = new("MR3035", "A file lacks a column that the others have.", "Set `union_by_name: true` to read nulls for it.");
    public static readonly ErrorCode ColumnAppeared = new("MR3036", "A file has a column that was in none of the files looked at for the schema.", "Set `schema_files: 0` to look at all files before reading.");
    public static readonly ErrorCode FileChanged = new("MR3037", "A file changed after it was read, other than by rows added to its end.", "Set `on_changed: reread` to read all of it again, besides the rows that are there, or `on_changed: ignore` to leave it.");
    public static readonly ErrorCode FileChangedInRun = new("MR3038", "A file was changed during the run.", "Run again when nobody writes it.", ErrorDomain.External, ErrorClass.Retryable);
    public static readonly ErrorCode UnknownStream = new("MR3039", "A stream does not exist.", "See the streams with `millrace discover`.");
    public static readonly ErrorCode OutputExists = new("MR3040", "The output exists already.", "Choose another name, or allow it to be replaced with `write: overwrite` (on the command line: --overwrite).");
    public static readonly ErrorCode ModeConflict = new("MR3041", "The options for existing output contradict each other.", "Keep either the write mode or `if_exists`.");
    public static readonly ErrorCode BadPartition = new("MR3042", "A partition expression cannot be used.", "Use a column, or year(c), month(c), day(c), hour(c), bucket(n, c), truncate(n, c).");
    public static readonly ErrorCode Locked = new("MR3044", "Another run is writing this output.", "Wait for it, or stop it. A run that hangs, or that is gone with its machine, is set aside with `--take-over`.", ErrorDomain.External, ErrorClass.Retryable);
    public static readonly ErrorCode CommitsOnce = new("MR3045", "A single file cannot be committed twice.", "Write to a folder: a path that ends with a slash.", ErrorDomain.Internal);
    public static readonly ErrorCode DamagedRecord = new("MR3046", "A commit record is damaged.", "Restore it from a backup. If that cannot be had, `millrace state reset` lets the job start anew; rows that are there stay.");
    public static readonly ErrorCode SchemaFrozen = new("MR3047", "The rows have another schema than the target.", "Allow it to evolve, or write elsewhere.");
    public static readonly ErrorCode NotSupported = new("MR3048", "Files cannot be written in this mode.", "Use append or overwrite.");
    public static readonly ErrorCode CommitUnknown = new("MR3052", "A commit failed half-way.", "Run the job again: it finds out how the commit ended and goes on from there.", ErrorDomain.External, ErrorClass.Retryable);
    public static readonly ErrorCode ForeignFiles = new("MR3051", "A folder to be replaced holds files that Millrace did not write.", "Remove them yourself, or write into another folder.");
    public static readonly ErrorCode BadTarget = new("MR3043", "A target path cannot be used.", "Name a file, or a folder with a slash at the end.");
    public static readonly ErrorCode BadContext = new("MR3054", "A dead letter lacks what decoding its row again needs.", "Export the letter, and put its row into a file of its own.");
    public static readonly ErrorCode OutputOnce = new("MR3049", "Standard output cannot be taken back.", "Write into a file.");

    public static readonly ErrorCode SourceIsTarget = new("MR3053", "A job reads what it writes.", "Write to another file or folder.");

    public static readonly ErrorCode CannotGoBack = new("MR3056", "The rows of a data set cannot be taken back to an epoch.", "Choose one of the epochs that `millrace state` lists.");
    public static readonly ErrorCode MovedOn = new("MR3057", "A job committed while its progress was to be changed.", "Look at its epochs again, and repeat the change.");
    public static readonly ErrorCode IsTable = new("MR3058", "A folder is a table and no heap of files.", "Read it with the connector of its format.");

    internal static MillraceException ReadsItsOutput(string path)
        => SourceIsTarget.Error($"'{path}' is both source and target.", ErrorPlace.InFile(path));

    internal static MillraceException Missing(string path, string suggestion)
        => NoSuchFile.Error($"There is no file '{path}'{suggestion}.", ErrorPlace.InFile(path));

    internal static MillraceException NoMatch(string path)
        => NoSuchFile.Error($"No file matches '{path}'.", ErrorPlace.InFile(path), "Check the pattern, and `ignore_hidden` and `exclude` if you use them. `missing: skip` accepts that there is none.");

    internal static MillraceException Conflict(string column, string typeA, string fileA, string typeB, string fileB)
        => SchemaConflict.Error($"Column '{column}' is {typeA} in {fileA} and {typeB} in {fileB}.", new ErrorPlace { File = fileB, Field = column });

    internal static MillraceException Lacks(string column, string file, string first)
        => ColumnMissing.Error($"{file} has no column '{column}', which {first} has.", new ErrorPlace { File = file, Field = column });

    internal static MillraceException Appeared(string column, string file)
        => ColumnAppeared.Error($"{file} has a column '{column}', which none of the files looked at has.", new ErrorPlace { File = file, Field = column });

    internal static MillraceException Changed(string file, string change)
        => FileChanged.Error($"{file} is not the file that an earlier run read: {change}.", ErrorPlace.InFile(file));

    internal static MillraceException ChangedInRun(string file)
        => FileChangedInRun.Error($"{file} became shorter or was replaced after the run had started.", ErrorPlace.InFile(file));

    /// <summary>Whether an error, or its cause, says that a file is not there any more as it was found.</summary>
    internal static bool IsGone(Exception error)
    {
        for (Exception? e = error; e is not null; e = e.InnerException)
        {
            if (e is MillraceException known && (known.Code == FileChangedInRun || known.Code == StorageErrors.NotFound || known.Code == StorageErrors.Changed))
            {
                return true;
            }
        }

        return false;
    }

    internal static MillraceException Exists(string path)
        => OutputExists.Error($"'{path}' exists already.", ErrorPlace.InFile(path));

    internal static MillraceException NotExtended(string path)
        => OutputExists.Error(
            $"'{path}' exists already, and a single file cannot be appended to.", ErrorPlace.InFile(path), "Append to a folder: a path that ends with a slash. To replace the file, set `write: overwrite`.");

    internal static MillraceException NoPartitionColumn(string expression, string column, Schema schema)
        => BadPartition.Error($"The partition '{expression}' names no column '{column}'{NearestName.Suggest(column, schema.Fields.Select(f => f.Name))}.", new ErrorPlace { Field = column });

    internal static MillraceException NotEmpty(string path, string file)
        => OutputExists.Error($"'{path}' holds files already, such as '{file}'.", ErrorPlace.InFile(path));

    internal static MillraceException NotOurs(string path, string file)
        => ForeignFiles.Error($"'{path}' holds '{file}', which no commit names.", ErrorPlace.InFile(path));

    internal static MillraceException Damaged(string record, string how, Exception? inner = null)
        => DamagedRecord.Error($"'{record}' cannot be trusted: {how}.", ErrorPlace.InFile(record), inner: inner);

    internal static MillraceException Held(string path, string? holder)
        => Locked.Error($"'{path}' is being written by {holder ?? "another run"}.", ErrorPlace.InFile(path));

    internal static MillraceException TakenOver(string path, Exception? inner = null)
        => ProgressErrors.Fenced.Error($"Another run has taken '{path}' over, or its folder was removed; what this run has not committed by then never will be.", ErrorPlace.InFile(path), inner: inner);
}
