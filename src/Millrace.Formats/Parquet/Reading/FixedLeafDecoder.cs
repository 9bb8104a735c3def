using Millrace.Columnar;
using Millrace.Formats.Compression;

namespace Millrace.Formats.Parquet;

/// <summary>Values of one size, in the file and in the column.</summary>
internal sealed unsafe class FixedLeafDecoder : LeafDecoder
{
    private readonly SchemaLeaf _leaf;
    private readonly ValueConversion? _conversion;
    private readonly int _width;
    private readonly OutputBuffer _values = new();
    private readonly ScratchBuffer _raw = new();
    private readonly ScratchBuffer _indices = new();
    private readonly FixedDictionary _dictionary;
    private readonly FixedValueDecoder _plain;
    private FixedValueDecoder? _split;
    private FixedValueDecoder? _delta;
    private PrefixedFixedDecoder? _prefixed;
    private FixedValueDecoder? _current;
    private DictionaryIndexDecoder _indexDecoder;
    private int _slots;

    public FixedLeafDecoder(SchemaLeaf leaf)
    {
        _leaf = leaf;
        _conversion = ValueConversion.Find(leaf);
        _width = leaf.Type.ByteWidth;
        _dictionary = new FixedDictionary(_width);
        _plain = new PlainFixedDecoder(leaf.Width);
    }

    public override int Slots => _slots;

    public override void SetDictionary(byte* data, int length, int count)
    {
        byte* target = _dictionary.Reserve(count, length / _leaf.Width);
        _plain.Start(data, length);
        Convert(_plain, target, count);
    }

    public override void StartPage(ParquetEncoding encoding, byte* data, int length)
    {
        _current = null;
        switch (encoding)
        {
            case ParquetEncoding.PlainDictionary or ParquetEncoding.RleDictionary:
                _indexDecoder = new DictionaryIndexDecoder(data, length, _dictionary.Count);
                return;
            case ParquetEncoding.Plain:
                _current = _plain;
                break;
            case ParquetEncoding.ByteStreamSplit:
                _current = _split ??= new ByteStreamSplitDecoder(_leaf.Width);
                break;
            case ParquetEncoding.DeltaBinaryPacked when _leaf.Physical is PhysicalType.Int32 or PhysicalType.Int64:
                _current = _delta ??= new DeltaFixedDecoder(_leaf.Width);
                break;
            case ParquetEncoding.DeltaByteArray when _leaf.Physical == PhysicalType.FixedLenByteArray:
                _current = _prefixed ??= new PrefixedFixedDecoder(_leaf.Width);
                break;
            default:
                throw WrongEncoding(encoding, _leaf.Physical.ToString());
        }

        _current.Start(data, length);
    }

    public override void Append(int values)
    {
        _values.Ensure(((long)_slots + values) * _width, keep: _slots * _width);
        byte* target = _values.Pointer + ((long)_slots * _width);
        if (_current is null)
        {
            AppendByIndex(target, values);
        }
        else
        {
            Convert(_current, target, values);
        }

        _slots += values;
    }

    public override Column Build(NativeBuffer? validity, int nulls)
    {
        _values.Ensure((long)_slots * _width, keep: _slots * _width);
        int slots = _slots;
        _slots = 0;
        return FixedType.Dispatch<ColumnMaker, Column>(_leaf.Type, new(slots, _values.Detach(), validity, nulls));
    }

    public override void Dispose()
    {
        _values.Dispose();
        _raw.Dispose();
        _indices.Dispose();
        _dictionary.Dispose();
        _prefixed?.Dispose();
    }

    public override void Cut(int slots) => _slots = slots;

    public override void Spread(int values, int slots, byte* validity, int start)
    {
        int first = _slots - values;
        _values.Ensure(((long)first + slots) * _width, keep: _slots * _width);
        Spreading.Spread(_values.Pointer + ((long)first * _width), _width, values, slots, validity, start);
        _slots = first + slots;
    }

    private void AppendByIndex(byte* target, int values)
    {
        _indices.EnsureCapacity(Step * sizeof(int));
        int* indices = (int*)_indices.Pointer;
        for (int done = 0; done < values; done += Step)
        {
            int step = Math.Min(Step, values - done);
            _indexDecoder.Decode(indices, step);
            _dictionary.Gather(indices, target + ((long)done * _width), step);
        }
    }

    private void Convert(FixedValueDecoder decoder, byte* target, int values)
    {
        if (_conversion is null)
        {
            decoder.Decode(target, values);
            return;
        }

        _raw.EnsureCapacity(Step * _leaf.Width);
        for (int done = 0; done < values; done += Step)
        {
            int step = Math.Min(Step, values - done);
            decoder.Decode(_raw.Pointer, step);
            _conversion.Convert(_raw.Pointer, target + ((long)done * _width), step);
        }
    }

    private readonly struct ColumnMaker(int slots, NativeBuffer values, NativeBuffer? validity, int nulls) : IFixedVisitor<Column>
    {
        public Column Visit<T>(DataType type)
            where T : unmanaged => new FixedColumn<T>(type, slots, values, validity, 0, nulls);

        public Column VisitBinary(DataType type) => new FixedBinaryColumn(type, slots, values, validity, 0, nulls);
    }
}
