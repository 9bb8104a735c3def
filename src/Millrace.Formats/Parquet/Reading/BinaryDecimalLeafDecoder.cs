using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Decimals stored as byte strings of any length, big-endian; a rare form, so they pass through a column of bytes.</summary>
internal sealed unsafe class BinaryDecimalLeafDecoder(DataType type) : LeafDecoder
{
    private readonly BinaryLeafDecoder _bytes = new(DataType.Binary, keepsDictionaries: false);

    public override int Slots => _bytes.Slots;

    public override void SetDictionary(byte* data, int length, int count) => _bytes.SetDictionary(data, length, count);

    public override void StartPage(ParquetEncoding encoding, byte* data, int length) => _bytes.StartPage(encoding, data, length);

    public override void Append(int values) => _bytes.Append(values);

    public override Column Build(NativeBuffer? validity, int nulls)
    {
        using Column bytes = _bytes.Build(validity, nulls);
        var column = (BinaryColumn)bytes;
        NativeBuffer values = BufferPool.Rent(column.Length * sizeof(Int128));
        try
        {
            var target = (Int128*)values.Pointer;
            for (int i = 0; i < column.Length; i++)
            {
                target[i] = BigEndian.ReadInt128(column[i]);
            }
        }
        catch
        {
            values.Dispose();
            throw;
        }

        return new FixedColumn<Int128>(type, column.Length, values, validity?.Share(), 0, nulls);
    }

    public override void Dispose() => _bytes.Dispose();

    public override void Cut(int slots) => _bytes.Cut(slots);

    public override void Spread(int values, int slots, byte* validity, int start) => _bytes.Spread(values, slots, validity, start);
}
