using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>
/// Byte strings: text, JSON, binary. Rows of pages that refer to a dictionary can stay indices; a batch that other pages
/// belong to as well is written out.
/// </summary>
/// <param name="type">Type of the values.</param>
/// <param name="keepsDictionaries">Whether batches may be a <see cref="DictionaryColumn"/>.</param>
internal sealed unsafe class BinaryLeafDecoder(DataType type, bool keepsDictionaries) : LeafDecoder
{
    private readonly BinaryOutput _output = new();
    private readonly OutputBuffer _indices = new();
    private readonly BinaryDictionary _dictionary = new();
    private readonly PlainBinaryDecoder _plain = new();
    private readonly DeltaByteArrayDecoder _prefixed = new();
    private DeltaLengthDecoder? _lengths;
    private BinaryValueDecoder? _current;

    // Slots that are indices. Either these are all there are, or none is.
    private int _indexed;

    public override int Slots => _indexed + _output.Count;

    public override void SetDictionary(byte* data, int length, int count)
    {
        WriteOut();
        _dictionary.Read(data, length, count);
    }

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

    public override void Append(int values)
    {
        if (keepsDictionaries && _output.Count == 0 && _current == _dictionary && _dictionary.Shared(type) is not null)
        {
            _indices.Ensure(((long)_indexed + values) * sizeof(int), keep: _indexed * sizeof(int));
            _dictionary.DecodeIndices((int*)_indices.Pointer + _indexed, values);
            _indexed += values;
            return;
        }

        WriteOut();
        _current!.Decode(_output, values);
    }

    public override Column Build(NativeBuffer? validity, int nulls)
    {
        if (_indexed == 0)
        {
            return _output.Build(type, validity, nulls);
        }

        int slots = _indexed;
        _indexed = 0;
        return new DictionaryColumn(DataType.Dictionary(type), slots, _indices.Detach(), _dictionary.Shared(type)!.Share(), validity, 0, nulls);
    }

    public override void Dispose()
    {
        _output.Dispose();
        _indices.Dispose();
        _dictionary.Dispose();
        _prefixed.Dispose();
    }

    public override void Cut(int slots)
    {
        if (_indexed > 0)
        {
            _indexed = slots;
        }
        else
        {
            _output.Cut(slots);
        }
    }

    public override void Spread(int values, int slots, byte* validity, int start)
    {
        if (keepsDictionaries && _output.Count == 0 && _current == _dictionary && _dictionary.Shared(type) is not null)
        {
            int first = _indexed - values;
            _indices.Ensure(((long)first + slots) * sizeof(int), keep: _indexed * sizeof(int));
            // What spreading does not write has to be an index too.
            int* target = (int*)_indices.Pointer + first;
            new Span<int>(target + values, slots - values).Clear();
            Spreading.Spread((byte*)target, sizeof(int), values, slots, validity, start);
            _indexed = first + slots;
            return;
        }

        WriteOut();
        _output.Spread(values, slots, validity, start);
    }

    private void WriteOut()
    {
        if (_indexed > 0)
        {
            _dictionary.AppendAll(_output, (int*)_indices.Pointer, _indexed);
            _indexed = 0;
        }
    }
}
