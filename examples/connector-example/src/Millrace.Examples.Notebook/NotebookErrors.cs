namespace Millrace.Examples.Notebook;

/// <summary>Errors of this connector. What the disk itself says stands in <c>StorageErrors</c>.</summary>
public static class NotebookErrors
{
    public static readonly ErrorCode DamagedPage = new("NB0001", "A page cannot be read.", "Restore it from a backup, or remove it.");
    public static readonly ErrorCode NoPages = new("NB0002", "A notebook has no pages.", "Check the path, or write to it first.");
    public static readonly ErrorCode WrittenMeanwhile = new("NB0003", "Another run wrote the same page.", "Let only one run write at a time, then run again.", ErrorDomain.External, ErrorClass.Retryable);

    internal static MillraceException Damaged(string page, string what, Exception? inner = null)
        => DamagedPage.Error($"The page {what}.", ErrorPlace.InFile(page), inner: inner);

    internal static MillraceException Empty(string path)
        => NoPages.Error($"There is no page in '{path}'.", ErrorPlace.InFile(path));
}
