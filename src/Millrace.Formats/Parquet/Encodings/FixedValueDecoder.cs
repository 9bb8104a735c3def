namespace Millrace.Formats.Parquet;

/// <summary>Decodes values of one size, page after page.</summary>
internal abstract unsafe class FixedValueDecoder
{
    /// <summary>Moves to a page. The memory stays until the next call.</summary>
    public abstract void Start(byte* data, int length);

    /// <summary>Decodes the next values.</summary>
    public abstract void Decode(byte* target, int count);
}
