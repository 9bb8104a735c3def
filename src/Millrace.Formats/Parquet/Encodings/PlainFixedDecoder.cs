namespace Millrace.Formats.Parquet;

/// <summary>PLAIN: the values one after the other, little-endian.</summary>
internal sealed unsafe class PlainFixedDecoder(int width) : FixedValueDecoder
{
    private byte* _at;
    private long _left;

    public override void Start(byte* data, int length)
    {
        _at = data;
        _left = length;
    }

    public override void Decode(byte* target, int count)
    {
        long bytes = (long)count * width;
        if (bytes > _left)
        {
            throw ParquetErrors.ValuesMissing(count, _left / width);
        }

        Buffer.MemoryCopy(_at, target, bytes, bytes);
        _at += bytes;
        _left -= bytes;
    }
}
