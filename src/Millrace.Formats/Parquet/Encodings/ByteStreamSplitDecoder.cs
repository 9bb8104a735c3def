namespace Millrace.Formats.Parquet;

/// <summary>BYTE_STREAM_SPLIT: all first bytes of the values, then all second bytes, and so on.</summary>
internal sealed unsafe class ByteStreamSplitDecoder(int width) : FixedValueDecoder
{
    private byte* _data;
    private int _values;
    private int _index;

    public override void Start(byte* data, int length)
    {
        _data = data;
        _values = length / width;
        _index = 0;
        if (length % width != 0)
        {
            throw ParquetErrors.Page($"its {length} bytes are not a multiple of the {width} of a value");
        }
    }

    public override void Decode(byte* target, int count)
    {
        if (count > _values - _index)
        {
            throw ParquetErrors.ValuesMissing(count, _values - _index);
        }

        for (int b = 0; b < width; b++)
        {
            byte* source = _data + ((long)b * _values) + _index;
            byte* at = target + b;
            for (int i = 0; i < count; i++)
            {
                *at = source[i];
                at += width;
            }
        }

        _index += count;
    }
}
