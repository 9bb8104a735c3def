namespace Millrace.Formats.Parquet;

/// <summary>Decodes byte strings, page after page.</summary>
internal abstract unsafe class BinaryValueDecoder
{
    /// <summary>Moves to a page. The memory stays until the next call.</summary>
    public abstract void Start(byte* data, int length);

    /// <summary>Appends the next values.</summary>
    public abstract void Decode(BinaryOutput output, int count);
}
