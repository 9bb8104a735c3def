namespace Millrace.Formats.Parquet;

/// <summary>DELTA_BYTE_ARRAY of values that all have one size.</summary>
internal sealed unsafe class PrefixedFixedDecoder(int width) : FixedValueDecoder, IDisposable
{
    private readonly DeltaByteArrayDecoder _decoder = new();
    private readonly BinaryOutput _output = new();

    public override void Start(byte* data, int length) => _decoder.Start(data, length);

    public override void Decode(byte* target, int count)
    {
        _output.Cut(0);
        _decoder.Decode(_output, count);
        int* offsets = _output.Offsets;
        for (int i = 0; i < count; i++)
        {
            if (offsets[i + 1] - offsets[i] != width)
            {
                throw ParquetErrors.Page($"a value has {offsets[i + 1] - offsets[i]} bytes, expected {width}");
            }
        }

        long bytes = (long)count * width;
        Buffer.MemoryCopy(_output.Data, target, bytes, bytes);
    }

    public void Dispose()
    {
        _decoder.Dispose();
        _output.Dispose();
    }
}
