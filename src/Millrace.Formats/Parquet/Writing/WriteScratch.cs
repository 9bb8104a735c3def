namespace Millrace.Formats.Parquet;

/// <summary>
/// Memory that the leaves of a file use in turn while rows are added or a page ends; nothing in it outlives that. A table of
/// a thousand columns has it once.
/// </summary>
internal sealed class WriteScratch : IDisposable
{
    /// <summary>Row numbers of the values that are there.</summary>
    public EncodedBuffer Rows { get; } = new();

    /// <summary>Values in the form in which they are stored.</summary>
    public EncodedBuffer Values { get; } = new();

    /// <summary>Where byte strings lie.</summary>
    public EncodedBuffer Views { get; } = new();

    /// <summary>The page that is being encoded.</summary>
    public EncodedBuffer Page { get; } = new();

    /// <summary>A page that may be encoded in another way.</summary>
    public EncodedBuffer Trial { get; } = new();

    /// <summary>Whatever an encoder needs beside its result.</summary>
    public EncodedBuffer Work { get; } = new();

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
