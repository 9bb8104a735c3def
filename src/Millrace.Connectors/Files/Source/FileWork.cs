namespace Millrace.Connectors.Files;

/// <summary>A file that a plan reads, and from where.</summary>
/// <param name="File">The file, without what is held back.</param>
/// <param name="Fingerprint">Hash of its content as of planning; null where none is kept.</param>
/// <param name="Start">Byte from which rows are read that earlier runs did not read.</param>
/// <param name="Resumed">Progress of an earlier run that still holds, for a file that was half read.</param>
/// <param name="Held">Bytes at the end of the file that a later run reads: a line that is not complete.</param>
internal sealed record FileWork(FileEntry File, string? Fingerprint = null, long Start = 0, FileMark? Resumed = null, long Held = 0)
{
    /// <summary>Position behind the whole file.</summary>
    public FileMark End => new(File.Size, File.Info.Modified, Fingerprint, File.Size, 0, Held);

    /// <summary>Position within the file.</summary>
    public FileMark At(long start, long rows) => new(File.Size, File.Info.Modified, Fingerprint, start, rows, Held);
}
