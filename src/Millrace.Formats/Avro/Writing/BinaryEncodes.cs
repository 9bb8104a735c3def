using System.Text;
using Millrace.Columnar;

namespace Millrace.Formats.Avro;

internal sealed class BooleanEncode : EncodeNode
{
    private BooleanColumn _column = null!;

    public override void Bind(Column column) => _column = (BooleanColumn)column;

    public override void Write(AvroOutput output, int row) => output.WriteByte(_column.Values[row] ? (byte)1 : (byte)0);
}

/// <summary>Text, JSON and bytes.</summary>
internal sealed class BytesEncode : EncodeNode
{
    private BinaryColumn _column = null!;

    public override void Bind(Column column) => _column = (BinaryColumn)column;

    public override void Write(AvroOutput output, int row) => output.WriteBytes(_column[row]);
}

internal sealed class FixedBytesEncode : EncodeNode
{
    private FixedBinaryColumn _column = null!;

    public override void Bind(Column column) => _column = (FixedBinaryColumn)column;

    public override void Write(AvroOutput output, int row) => output.WriteFixed(_column[row]);
}

internal sealed class UuidEncode : EncodeNode
{
    private FixedBinaryColumn _column = null!;

    public override void Bind(Column column) => _column = (FixedBinaryColumn)column;

    public override void Write(AvroOutput output, int row)
    {
        Span<byte> text = stackalloc byte[UuidText.Length];
        UuidText.Format(_column[row], text);
        output.WriteBytes(text);
    }
}

/// <summary>A text as the number of the symbol that it is.</summary>
internal sealed class EnumEncode(IReadOnlyList<string> symbols, string field) : EncodeNode
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _numbers = symbols
        .Select((symbol, number) => (symbol, number))
        .ToDictionary(s => s.symbol, s => s.number, StringComparer.Ordinal)
        .GetAlternateLookup<ReadOnlySpan<char>>();

    private BinaryColumn _column = null!;
    private char[] _text = new char[64];

    public override void Bind(Column column) => _column = (BinaryColumn)column;

    public override void Write(AvroOutput output, int row)
    {
        ReadOnlySpan<byte> value = _column[row];
        if (value.Length > _text.Length)
        {
            _text = new char[value.Length];
        }

        int length = Encoding.UTF8.GetChars(value, _text);
        if (!_numbers.TryGetValue(_text.AsSpan(0, length), out int number))
        {
            throw AvroErrors.Encode(field, $"'{new string(_text, 0, Math.Min(length, 60))}' is not a symbol of the enum");
        }

        output.WriteLong(number);
    }
}
