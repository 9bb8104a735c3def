using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>
/// Memory that the leaves of a file use in turn while rows are added or a page ends; nothing in it outlives that. A table of
/// a thousand columns has it once.
/// </summary>
internal sealed class WriteScratch : IDisposable
{
    /// <summary>Row numbers of the values that are there.</summary>
    public ByteBuffer Rows { get; } = new();

    /// <summary>Values in the form in which they are stored.</summary>
    public ByteBuffer Values { get; } = new();

    /// <summary>Where byte strings lie.</summary>
    public ByteBuffer Views { get; } = new();

    /// <summary>The page that is being encoded.</summary>
    public ByteBuffer Page { get; } = new();

    /// <summary>A page that may be encoded in another way.</summary>
    public ByteBuffer Trial { get; } = new();

    /// <summary>Whatever an encoder needs beside its result.</summary>
    public ByteBuffer Work { get; } = new();

    public void Dispose()
    {
        Rows.Dispose();
        Values.Dispose();
        Views.Dispose();
        Page.Dispose();
        Trial.Dispose();
        Work.Dispose();
    }
}
