namespace Millrace.Formats.Parquet;

/// <summary>DELTA_LENGTH_BYTE_ARRAY: all lengths, then all bytes.</summary>
internal sealed unsafe class DeltaLengthDecoder : BinaryValueDecoder
{
    private DeltaBinaryPackedDecoder _lengths;
    private byte* _at;
    private byte* _end;

    public override void Start(byte* data, int length)
    {
        _lengths = new DeltaBinaryPackedDecoder(data, length);
        _at = _lengths.FindEnd();
        _end = data + length;
    }

    public override void Decode(BinaryOutput output, int count)
    {
        int* ends = output.Ends(count);
        _lengths.Decode(ends, count);
        long left = _end - _at;
        long sum = 0;
        for (int i = 0; i < count; i++)
        {
            int size = ends[i];
            sum += size;
            if (size < 0 || sum > left)
            {
                throw ParquetErrors.Page($"a value of {size} bytes reaches beyond its end");
            }

            ends[i] = (int)(output.Length + sum);
        }

        byte* target = output.Room(sum);
        Buffer.MemoryCopy(_at, target, sum, sum);
        _at += sum;
        output.Add(count, (int)sum);
    }
}
