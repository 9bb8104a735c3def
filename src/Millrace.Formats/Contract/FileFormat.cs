using Millrace.Columnar;

namespace Millrace.Formats;

/// <summary>
/// One file format: bytes to batches and back. To add one, add a folder with a subclass, its options and its reader and
/// writer, and register it with <see cref="FileFormatAttribute"/>. Instances hold no state and may be used by many threads.
/// </summary>
public abstract class FileFormat
{
    /// <summary>Name in options and paths, lower case: <c>csv</c>.</summary>
    public abstract string Name { get; }

    /// <summary>One sentence for the reference page.</summary>
    public abstract string Summary { get; }

    /// <summary>Endings of file names without the dot, the usual one first.</summary>
    public abstract IReadOnlyList<string> Extensions { get; }

    public abstract FormatCapabilities Capabilities { get; }

    /// <summary>The options record; it has a constructor without parameters that sets every default.</summary>
    public abstract Type OptionsType { get; }

    /// <summary>How sure the format is that a file with these first bytes is of it: 0 not, 100 certain (a magic number).</summary>
    public virtual int Recognise(ReadOnlySpan<byte> head) => 0;

    /// <summary>
    /// Finds out what a reader needs to know of a file: its schema and, for text formats, its dialect. Reads a bounded part of it.
    /// </summary>
    public abstract ValueTask<FileInspection> InspectAsync(IByteSource source, FormatOptions options, CancellationToken cancellation);

    /// <summary>
    /// Cuts a file into ranges of about <paramref name="targetBytes"/> that can be read independently and together hold every
    /// row once, in order. A format that cannot be split yields the whole file. Ranges come as they are found, so that
    /// reading can start before planning ends.
    /// </summary>
    public virtual async IAsyncEnumerable<FileRange> PlanAsync(
        IByteSource source,
        FileInspection inspection,
        long targetBytes,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        yield return FileRange.Whole(source.Length);
    }

    /// <summary>
    /// Where the last complete row of a file ends, if rows that somebody adds at the end can be told from those before and
    /// read without them; null for a file of which this is not true. Text behind it is a row that is still being written.
    /// </summary>
    /// <param name="source">The file.</param>
    /// <param name="inspection">What is known of it.</param>
    /// <param name="start">Where a row begins; the answer when no row behind it is complete.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public virtual ValueTask<long?> FindCompleteEndAsync(IByteSource source, FileInspection inspection, long start, CancellationToken cancellation)
        => ValueTask.FromResult<long?>(null);

    /// <summary>Whether a line end in a text may be part of a row. Told from the text alone, so that a plain one need not be inspected.</summary>
    /// <param name="text">Text that begins where a row does.</param>
    /// <param name="options">How it is read, as the user says.</param>
    public virtual bool MayHoldLineEnds(ReadOnlySpan<byte> text, FormatOptions options) => Capabilities.MultilineRows;

    /// <summary>Whether nothing of a file can be used before its end is there: a footer, a last marker, a closing bracket.</summary>
    /// <param name="head">Its first bytes, decompressed.</param>
    /// <param name="options">How it is read.</param>
    public virtual bool NeedsEnd(ReadOnlySpan<byte> head, FormatOptions options) => Capabilities.SelfDescribing;

    /// <summary>Throws when a file that needs its end ends too early, as far as that can be told without decoding rows.</summary>
    public virtual async ValueTask CheckEndAsync(IByteSource source, FormatOptions options, CancellationToken cancellation)
        => await InspectAsync(source, options, cancellation).ConfigureAwait(false);

    /// <summary>
    /// Whether a file needs no end: what <see cref="IBatchWriter.FlushAsync"/> has written can be read before, and without,
    /// what follows. Such a format suits pipes and terminals.
    /// </summary>
    public virtual bool IsOpenEnded(FormatOptions options) => false;

    /// <summary>Opens a reader over one range. The source stays the caller's and outlives the reader.</summary>
    public abstract IBatchReader OpenReader(IByteSource source, FileInspection inspection, FileReadRequest request);

    /// <summary>
    /// What a reader needs to know of a source that holds one row in UTF-8, cut out of a file; null if rows mean nothing
    /// outside of their file.
    /// </summary>
    /// <param name="file">What is known of the file; its options may have changed since the schema was found out.</param>
    public virtual FileInspection? OfSingleRow(FileInspection file) => null;

    /// <summary>Opens a writer. The target stays the caller's.</summary>
    public virtual IBatchWriter OpenWriter(IByteTarget target, Schema schema, FormatOptions options)
        => throw FormatErrors.CannotWrite(this);
}
