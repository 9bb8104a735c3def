using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.Postgres;

/// <summary>Values whose bytes are the column's bytes: text, bytea, json; jsonb after its version.</summary>
/// <param name="type">Type of the column.</param>
/// <param name="prefix">Bytes before the value.</param>
/// <param name="capacity">Rows to expect.</param>
internal sealed class BytesDecoder(DataType type, int prefix, int capacity) : ColumnDecoder
{
    private readonly BinaryBuilder _builder = new(type, capacity);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        for (int i = 0; i < run.Count; i++)
        {
            int length = run.Lengths[i];
            if (length >= prefix)
            {
                _builder.Append(run.Data.Slice(run.Starts[i] + prefix, length - prefix));
            }
            else if (length < 0)
            {
                _builder.AppendNull();
            }
            else
            {
                throw PostgresErrors.WrongLength(type, length, prefix);
            }
        }
    }
}

internal sealed class BooleanDecoder(int capacity) : ColumnDecoder
{
    private readonly BooleanBuilder _builder = new(capacity);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        for (int i = 0; i < run.Count; i++)
        {
            switch (run.Lengths[i])
            {
                case 1:
                    _builder.Append(run.Data[run.Starts[i]] != 0);
                    break;
                case < 0:
                    _builder.AppendNull();
                    break;
                default:
                    throw PostgresErrors.WrongLength(DataType.Boolean, run.Lengths[i], 1);
            }
        }
    }
}

/// <summary>Addresses: family, bits of the mask, whether it is a network, length, bytes. They become the server's text.</summary>
internal sealed class NetworkDecoder(int capacity) : ColumnDecoder
{
    private readonly BinaryBuilder _builder = new(DataType.Utf8, capacity);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        for (int i = 0; i < run.Count; i++)
        {
            if (run.IsNull(i))
            {
                _builder.AppendNull();
            }
            else
            {
                _builder.Append(Text(run[i]));
            }
        }
    }

    private static string Text(ReadOnlySpan<byte> value)
    {
        const int header = 4;
        if (value.Length < header || value[3] is not (4 or 16) || value.Length != header + value[3])
        {
            throw PostgresErrors.BrokenCopy.Error($"An address of {value.Length} bytes cannot be read.");
        }

        int bits = value[1];
        bool isNetwork = value[2] != 0;
        var address = new System.Net.IPAddress(value[header..]);
        string text = address.ToString();
        return isNetwork || bits != value[3] * 8 ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{text}/{bits}") : text;
    }
}
