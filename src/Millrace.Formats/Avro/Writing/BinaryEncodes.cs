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
