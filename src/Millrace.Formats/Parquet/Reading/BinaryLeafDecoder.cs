using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Byte strings: text, JSON, binary.</summary>
internal sealed unsafe class BinaryLeafDecoder(DataType type) : LeafDecoder
{
    private readonly BinaryOutput _output = new();
    private readonly BinaryDictionary _dictionary = new();
    private readonly PlainBinaryDecoder _plain = new();
    private readonly DeltaByteArrayDecoder _prefixed = new();
    private DeltaLengthDecoder? _lengths;
    private BinaryValueDecoder? _current;

    public override int Slots => _output.Count;

    public override void SetDictionary(byte* data, int length, int count) => _dictionary.Read(data, length, count);

    public override void StartPage(ParquetEncoding encoding, byte* data, int length)
    {
        _current = encoding switch
        {
            ParquetEncoding.PlainDictionary or ParquetEncoding.RleDictionary => _dictionary,
            ParquetEncoding.Plain => _plain,
            ParquetEncoding.DeltaLengthByteArray => _lengths ??= new DeltaLengthDecoder(),
            ParquetEncoding.DeltaByteArray => _prefixed,
            _ => throw WrongEncoding(encoding, "byte arrays"),
        };
        _current.Start(data, length);
    }

    public override void Append(int values) => _current!.Decode(_output, values);

    public override Column Build(NativeBuffer? validity, int nulls) => _output.Build(type, validity, nulls);

    public override void Dispose()
    {
        _output.Dispose();
        _dictionary.Dispose();
        _prefixed.Dispose();
    }

    public override void Cut(int slots) => _output.Cut(slots);

    public override void Spread(int values, int slots, byte* validity, int start) => _output.Spread(values, slots, validity, start);
}
