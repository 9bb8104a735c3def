namespace Millrace.Formats.Parquet;

/// <summary>DELTA_BINARY_PACKED values of 4 or 8 bytes.</summary>
internal sealed unsafe class DeltaFixedDecoder(int width) : FixedValueDecoder
{
    private DeltaBinaryPackedDecoder _decoder;

    public override void Start(byte* data, int length) => _decoder = new DeltaBinaryPackedDecoder(data, length);

    public override void Decode(byte* target, int count)
    {
        if (width == sizeof(int))
        {
            _decoder.Decode((int*)target, count);
        }
        else
        {
            _decoder.Decode((long*)target, count);
        }
    }
}
