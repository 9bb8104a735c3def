namespace Millrace.Connectors.Files;

/// <summary>A file that a plan reads, and from where.</summary>
/// <param name="File">The file, without what is held back.</param>
/// <param name="Fingerprint">Hash of its content as of planning; null where none is kept.</param>
/// <param name="Start">Byte from which rows are read that earlier runs did not read.</param>
/// <param name="Resumed">Progress of an earlier run that still holds, for a file that was half read.</param>
/// <param name="Held">Bytes at the end of the file that a later run reads: a row that is not complete.</param>
/// <param name="HoldsLines">Whether they have line ends: the row ends within quotes.</param>
internal sealed record FileWork(FileEntry File, string? Fingerprint = null, long Start = 0, FileMark? Resumed = null, long Held = 0, bool HoldsLines = false)
{
    /// <summary>Position behind the whole file.</summary>
    public FileMark End => new(File.Size, File.Info.Modified, Fingerprint, File.Size, 0, Held, HoldsLines);

    /// <summary>Position at the start of a range.</summary>
    public FileMark At(long start) => new(File.Size, File.Info.Modified, Fingerprint, start, 0, Held, HoldsLines);

    /// <summary>Position within a range.</summary>
    public FileMark Within(long start, long end, long rows) => At(start) with { Rows = rows, End = Math.Min(end, File.Size) };
}
